import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Host } from '../../../../src/core/job-context.ts';
import type { RunTool } from '../../../../src/core/tool.ts';
import { readPartitionUuids } from '../../../../src/image/partition-image/partition-uuids.ts';
import type { FoundPartition } from '../../../../src/storage/partition/find-partitions.ts';
import { planPartitions } from '../../../../src/storage/partition/layout.ts';
import { makePartition } from '../../../support/make-block-device.ts';

const power: readonly FoundPartition[] = planPartitions({
  disk: { sizeBytes: 2 ** 30, sectorBytes: 512 },
  bootMode: 'bios',
  label: 'gpt',
  power: true,
  wanted: { rootMib: 64, swapMib: 8, ephemeralMib: 0 },
  configDriveBytes: null,
  efiMib: 550,
  biosBootMib: 1,
}).partitions.map((planned) => ({ planned, device: makePartition('/dev/nvme0n1', planned.number) }));

/** A machine on which blkid answers for each device what is given, and with an exit code where it is a number. */
function hostWith(answers: Readonly<Record<string, string | number>>): { host: Host; programs: string[] } {
  const programs: string[] = [];
  const run: RunTool = async ({ program, args }) => {
    programs.push(program);
    const answer = answers[args.at(-1) ?? ''] ?? 2;
    return typeof answer === 'string'
      ? { stdout: answer, stderr: '', exitCode: 0 }
      : { stdout: '', stderr: '', exitCode: answer };
  };
  return { host: { run } as unknown as Host, programs };
}

suite('the UUIDs of partitions', () => {
  test('are those of file systems before those of partitions, under the names that Ironic knows', async () => {
    const { host, programs } = hostWith({
      '/dev/nvme0n1p1': 'PART_ENTRY_UUID=prep-part\n',
      '/dev/nvme0n1p3': 'UUID=root-fs\nPART_ENTRY_UUID=root-part\n',
    });
    assert.deepEqual(await readPartitionUuids(power, host), {
      'root uuid': 'root-fs',
      'efi system partition uuid': null,
      'PReP Boot partition uuid': 'prep-part',
      partitions: { 'PReP Boot partition': '/dev/nvme0n1p1', swap: '/dev/nvme0n1p2', root: '/dev/nvme0n1p3' },
    });
    assert.equal(programs[0], 'blockdev', 'the cache goes before anything is read');
  });

  test('are not guessed where root is two file systems at once', async () => {
    const { host } = hostWith({ '/dev/nvme0n1p1': 'PART_ENTRY_UUID=a\n', '/dev/nvme0n1p3': 8 });
    await assert.rejects(readPartitionUuids(power, host), {
      name: 'InvalidImage',
      details: '/dev/nvme0n1p3 holds signatures of several file systems at once',
    });
  });

  test('are an error where there are none', async () => {
    const { host } = hostWith({ '/dev/nvme0n1p1': 'PART_ENTRY_UUID=a\n', '/dev/nvme0n1p3': 'TYPE=x\n' });
    await assert.rejects(readPartitionUuids(power, host), { name: 'InvalidImage', details: /neither a UUID/ });
  });
});

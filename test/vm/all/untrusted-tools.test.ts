import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { VirtualDisk } from '../lab/disk.ts';
import { abilityOf, digestOfZeros, withoutReadOnly, ZooMachine } from '../lab/zoo/zoo-machine.ts';

const sizeBytes = 32 * 2 ** 20;
const pattern = Buffer.alloc(sizeBytes, 0xa5);

const disks: readonly VirtualDisk[] = [
  { id: 'ssd0', bus: 'sata', sizeBytes, wwn: '0x5000c500a1b2c3d2', rotationRate: 1 },
  { id: 'nvme0', bus: 'nvme', sizeBytes },
  { id: 'locked0', bus: 'virtio', sizeBytes, isReadOnly: true },
];

/** What a tenant left: data, and on the read-only disk a partition table as well. */
function fill(file: string, { isReadOnly }: VirtualDisk): void {
  writeFileSync(file, pattern);
  if (isReadOnly) execFileSync('sgdisk', ['--clear', '--new=1:0:0', file]);
}

test('programs that say that they erased although they did not are not believed', { timeout: 600_000 }, async (t) => {
  await using machine = await ZooMachine.boot(disks, fill, { shell: true });
  const before = machine.digests();

  await t.test('hdparm ends with 0 when the drive has refused to erase itself: the method is not offered', async () => {
    const drive = await machine.devicePath('ssd0');
    const args = '--user-master u --security-erase lab';
    const { exitCode, output } = await machine.type(
      `hdparm --user-master u --security-set-pass lab ${drive}; hdparm ${args} ${drive}`,
    );
    assert.equal(exitCode, 0, output);
    assert.deepEqual(machine.digests(), before);

    const plan = await machine.plan('erase_devices');
    for (const method of ['ata-secure-erase', 'ata-secure-erase-enhanced'])
      assert.equal(abilityOf(plan, 'SSD0', method)?.support, 'unsupported', method);
    await assert.rejects(machine.clean('erase_devices', { method: 'ata-secure-erase' }, withoutReadOnly), /Security/);
    assert.deepEqual(machine.digests(), before);
  });

  await t.test('sgdisk ends with 0 when it could not write: no step says that it erased such a disk', async () => {
    const drive = await machine.devicePath('locked0');
    const { exitCode, output } = await machine.type(`sgdisk --zap-all ${drive}`);
    assert.equal(exitCode, 0, output);
    assert.deepEqual(machine.digests(), before);

    await assert.rejects(machine.clean('erase_devices'), new RegExp(`${drive}.*read-only`));
    const { devices, left_out: leftOut } = await machine.plan('erase_devices_metadata');
    assert.deepEqual(
      devices.filter(({ device }) => device === drive),
      [],
    );
    assert.match(leftOut.find(({ device }) => device === drive)?.why ?? '', /read-only/);
    assert.deepEqual(machine.digests(), before);
  });

  await t.test(
    'nvme ends with 0 for a crypto erase that the drive says it has not: it is never asked for',
    async () => {
      const drive = await machine.devicePath('nvme0');
      const plan = await machine.plan('erase_devices');
      assert.match(abilityOf(plan, 'NVME0', 'nvme-format-crypto')?.why ?? '', /FNA bit 2/);
      const crypto = { method: 'nvme-format-crypto' };
      await assert.rejects(machine.clean('erase_devices', crypto, withoutReadOnly), /FNA bit 2/);
      assert.deepEqual(machine.digests(), before);

      const { exitCode, output } = await machine.type(`nvme format --ses=2 --force ${drive}`);
      assert.equal(exitCode, 0, output);
    },
  );

  await t.test('what the agent does instead leaves zeros', async () => {
    await machine.clean('erase_devices', {}, withoutReadOnly);
    const zeros = digestOfZeros(sizeBytes);
    const after = machine.digests();
    for (const id of ['ssd0', 'nvme0']) assert.equal(after.get(id), zeros, id);
    assert.equal(after.get('locked0'), before.get('locked0'));
  });
});

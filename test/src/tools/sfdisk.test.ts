import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunTool, ToolCall } from '../../../src/core/tool.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import {
  type DiskTable,
  parseTable,
  readTable,
  showArgs,
  tableScript,
  writeArgs,
  writeTable,
} from '../../../src/tools/sfdisk.ts';
import { capturedOutput } from '../../support/captured-output.ts';

const linux = '0fc63daf-8483-4772-8e79-3d69d8477de4';
const efi = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';

const gpt4096: DiskTable = {
  label: 'gpt',
  sectorBytes: 4096,
  partitions: [
    { number: 1, firstSector: 256, sectors: 8448, type: efi, name: 'efi-part', bootable: false },
    { number: 2, firstSector: 8704, sectors: 25600, type: linux, name: 'root', bootable: false },
  ],
};

const mbr: DiskTable = {
  label: 'msdos',
  sectorBytes: 512,
  partitions: [
    { number: 1, firstSector: 2048, sectors: 20480, type: '0x82', name: null, bootable: false },
    { number: 2, firstSector: 22528, sectors: 20480, type: '0x83', name: null, bootable: true },
  ],
};

function answering(answer: { stdout?: string; stderr?: string; exitCode: number }): RunTool {
  return async () => ({ stdout: '', stderr: '', ...answer });
}

test('asks as the captured output was asked for', () => {
  assert.deepEqual(showArgs('/dev/loop0'), capturedOutput('sfdisk', 'gpt').args);
});

test('reads a GPT in sectors of the disk, its types in lower case', () => {
  assert.deepEqual(parseTable(capturedOutput('sfdisk', 'gpt-4096').text), gpt4096);
});

test('reads an MBR with its active partition', () => {
  assert.deepEqual(parseTable(capturedOutput('sfdisk', 'mbr').text), mbr);
});

test('finds the number behind the name of the disk, also where that ends in a digit', () => {
  for (const [device, node, number] of [
    ['/dev/sda', '/dev/sda12', 12],
    ['/dev/nvme0n1', '/dev/nvme0n1p3', 3],
    ['/dev/mapper/mpath7', '/dev/mapper/mpath7-part1', 1],
  ] as const) {
    const text = capturedOutput('sfdisk', 'mbr').text.replaceAll('/dev/loop0p1', node).replaceAll('/dev/loop0', device);
    assert.equal(parseTable(text).partitions[0]?.number, number);
  }
});

test('a disk without a table has none; one that cannot be read is an error', async () => {
  const stderr = capturedOutput('sfdisk', 'no-table').text;
  assert.equal(await readTable(answering({ stderr, exitCode: 1 }), '/dev/loop0'), null);
  const unreadable = answering({ stderr: 'sfdisk: cannot open /dev/sdx: Input/output error', exitCode: 1 });
  await assert.rejects(readTable(unreadable, '/dev/sdx'), ToolError);
});

test('an unknown shape is an error, not a table without partitions', () => {
  assert.throws(() => parseTable('{}'), /no partition table/);
  const text = capturedOutput('sfdisk', 'mbr').text;
  assert.throws(() => parseTable(text.replace('"unit": "sectors"', '"unit": "cylinders"')), /no partition table/);
  assert.throws(() => parseTable(text.replace('"start": 2048', '"start": "2048"')), /start=2048/);
  assert.throws(() => parseTable(text.replace('/dev/loop0p1', '/dev/other1')), /unknown entry/);
});

test('asks for a GPT that begins where a GPT ends, on sectors of 4096 bytes too', () => {
  const lines = tableScript(gpt4096).split('\n');
  assert.deepEqual(lines, [
    'label: gpt',
    'first-lba: 6',
    'unit: sectors',
    '',
    `1 : start=256, size=8448, type=${efi}, name="efi-part"`,
    `2 : start=8704, size=25600, type=${linux}, name="root"`,
    '',
  ]);
  assert.match(tableScript({ ...gpt4096, sectorBytes: 512 }), /^first-lba: 34$/m);
});

test('asks for an MBR with types and the active partition', () => {
  const script = 'label: dos\nunit: sectors\n\n1 : start=2048, size=20480, type=82\n';
  assert.equal(tableScript(mbr), `${script}2 : start=22528, size=20480, type=83, bootable\n`);
});

test('writing states the disk that it writes', async () => {
  const calls: ToolCall[] = [];
  await writeTable(
    async (call) => {
      calls.push(call);
      return { stdout: '', stderr: '', exitCode: 0 };
    },
    '/dev/loop0',
    mbr,
  );
  const effect = { kind: 'device', device: '/dev/loop0' };
  assert.deepEqual(calls, [{ program: 'sfdisk', args: writeArgs('/dev/loop0'), input: tableScript(mbr), effect }]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunTool } from '../../../src/core/tool.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { canBeReserved, readReservation, readReservations } from '../../../src/storage/reservations.ts';

const disk = (path: string, transport: string | null) => ({ path, transport, transports: [] });
const silent = { run: (() => Promise.reject(new Error('no program is run'))) as RunTool };

test('only disks that other machines can share are asked', () => {
  for (const transport of ['sas', 'fc', 'fcoe', 'iscsi', 'srp', null]) assert.ok(canBeReserved('/dev/sda', transport));
  for (const transport of ['sata', 'ata', 'usb']) assert.ok(!canBeReserved('/dev/sda', transport));
  assert.ok(canBeReserved('/dev/nvme0n1', 'nvme'));
  for (const path of ['/dev/vda', '/dev/md0', '/dev/dm-0', '/dev/loop0', '/dev/mmcblk0']) {
    assert.ok(!canBeReserved(path, null), path);
  }
});

test('every disk that a device is made of is asked, and who holds it is told', async () => {
  const disks = [disk('/dev/sda', 'fc'), disk('/dev/sdb', 'fc'), disk('/dev/sdc', 'sata'), disk('/dev/dm-0', null)];
  const asked: string[] = [];
  const found = await readReservations(disks, silent, async (path) => {
    asked.push(path);
    return path === '/dev/sdb' ? { holder: '0x1234' } : null;
  });
  assert.deepEqual(asked, ['/dev/sda', '/dev/sdb']);
  assert.deepEqual(found, [{ disk: '/dev/sdb', holder: '0x1234' }]);
});

test('a disk that does not answer is an error, as is a program that is missing', async () => {
  const missing: RunTool = (call) =>
    Promise.reject(new ToolError(call, { exitCode: null, why: `${call.program} is not installed`, stderrTail: '' }));
  for (const path of ['/dev/sda', '/dev/nvme0n1']) {
    await assert.rejects(readReservations([disk(path, 'sas')], { run: missing }), /is not installed/);
  }
});

test('SCSI disks are asked with sg_persist and NVMe namespaces with nvme', async () => {
  const programs: string[] = [];
  const run: RunTool = (call) => {
    programs.push(call.program);
    assert.equal(call.effect.kind, 'read');
    return Promise.reject(new Error('enough'));
  };
  for (const path of ['/dev/sda', '/dev/nvme0n1']) await assert.rejects(readReservation(path, { run }), /enough/);
  assert.deepEqual(programs, ['sg_persist', 'nvme']);
});

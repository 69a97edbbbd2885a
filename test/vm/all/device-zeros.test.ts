import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { withoutWriteZeroes, zoo } from '../lab/zoo/zoo.ts';
import { abilityOf, digestOfZeros, ZooMachine, type ZooNode } from '../lab/zoo/zoo-machine.ts';

const writing = ['nvme0', 'unmap0', 'scsi4k', 'raid0', 'virtio0'];
const disks = zoo.filter(({ id }) => writing.includes(id) || withoutWriteZeroes.includes(id));

const pattern = Buffer.alloc(zoo[0]?.sizeBytes ?? 0, 0xa5);
const zeros = digestOfZeros(pattern.length);

const without = (...ids: readonly string[]): ZooNode => ({
  properties: { skip_block_devices: ids.map((id) => ({ serial: id.toUpperCase() })) },
});

test('zeros that a drive makes by itself', { timeout: 600_000 }, async (t) => {
  await using machine = await ZooMachine.boot(disks, (file) => writeFileSync(file, pattern), { shell: true });
  const before = machine.digests();
  const tracing = '/sys/kernel/tracing';
  const commands = async (name: string): Promise<number> =>
    Number(/^(\d+)\r?$/m.exec((await machine.type(`grep -c 'cmnd=(${name} ' ${tracing}/trace`)).output)?.[1]);
  const { exitCode, output } = await machine.type(
    `mountpoint -q ${tracing} || mount -t tracefs tracefs ${tracing}; echo 1 > ${tracing}/events/scsi/scsi_dispatch_cmd_start/enable`,
  );
  assert.equal(exitCode, 0, output);

  await t.test('write-zeroes is refused, by its name, where one disk does not have it', async () => {
    const plan = await machine.plan('erase_devices');
    const told = disks.map(({ id }) => [id, abilityOf(plan, id.toUpperCase(), 'write-zeroes')?.support]);
    assert.deepEqual(
      told,
      disks.map(({ id }) => [id, writing.includes(id) ? 'supported' : 'unsupported']),
    );
    await assert.rejects(machine.clean('erase_devices', { method: 'write-zeroes' }), /no command to write zeros/);
    assert.deepEqual(machine.digests(), before);
  });

  await t.test('the others are zero from outside by it, those of SCSI by WRITE SAME', async () => {
    assert.equal(await commands('WRITE_SAME[^ ]*'), 0);
    await machine.clean('erase_devices', { method: 'write-zeroes' }, without(...withoutWriteZeroes));
    for (const [id, digest] of machine.digests())
      assert.equal(digest, writing.includes(id) ? zeros : before.get(id), id);
    assert.ok((await commands('WRITE_SAME[^ ]*')) > 0, 'no WRITE SAME was sent');
  });

  await t.test('a SCSI disk that promises zeros is erased by UNMAP', async () => {
    const { exitCode: loaded, output: why } = await machine.type(
      'modprobe scsi_debug dev_size_mb=16 lbpu=1 lbprz=1 && udevadm settle',
    );
    assert.equal(loaded, 0, why);
    const listed = await machine.type('lsblk --nodeps --noheadings --paths --output NAME,MODEL | grep scsi_debug');
    const [, drive = ''] = /^(\/dev\/\w+) /m.exec(listed.output) ?? [];
    assert.notEqual(drive, '', listed.output);
    const nonZeroBytes = async (): Promise<number> =>
      Number(/^(\d+)\r?$/m.exec((await machine.type(`tr -d '\\0' < ${drive} | wc -c`)).output)?.[1]);
    await machine.type(`tr '\\0' '\\245' < /dev/zero | dd of=${drive} bs=1M count=16 iflag=fullblock oflag=direct`);
    assert.equal(await nonZeroBytes(), 16 * 2 ** 20);

    assert.equal(abilityOf(await machine.plan('erase_devices'), drive, 'discard')?.support, 'supported');
    await machine.clean('erase_devices', { method: 'discard' }, without(...disks.map(({ id }) => id)));
    assert.ok((await commands('UNMAP')) > 0, 'no UNMAP was sent');
    assert.equal(await nonZeroBytes(), 0);
  });
});

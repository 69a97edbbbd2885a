import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { withoutWriteZeroes, zoo } from '../lab/zoo/zoo.ts';
import { digestOfZeros, withoutReadOnly, ZooMachine } from '../lab/zoo/zoo-machine.ts';

interface Erased {
  readonly clean: boolean;
  readonly serial: string | null;
  readonly method_done: string | null;
  readonly reason: string | null;
}

const pattern = Buffer.alloc(zoo[0]?.sizeBytes ?? 0, 0xa5);
const zeros = digestOfZeros(pattern.length);

/** What the disks of QEMU have: none promises zeros after UNMAP or TRIM, but those of NVMe do after a deallocation. */
const ofOthers = ['overwrite', 'write-zeroes', 'metadata'];
const ofNvme = ['nvme-format-user-data', 'overwrite', 'write-zeroes', 'discard', 'metadata'];
const lacks = /is no (NVMe|SCSI)|is not set|has no|does not (have|list|guarantee)/;

function methodsOf(serial: string): readonly string[] {
  if (serial.startsWith('NVME')) return ofNvme;
  return withoutWriteZeroes.includes(serial.toLowerCase())
    ? ofOthers.filter((name) => name !== 'write-zeroes')
    : ofOthers;
}

test('every disk of the zoo is erased but the read-only one, which fails the step as long as it is not to be skipped', {
  timeout: 600_000,
}, async (t) => {
  await using machine = await ZooMachine.boot(zoo, (file) => writeFileSync(file, pattern));
  const before = machine.digests();

  await t.test('what a drive does not have is not offered, and refused where it is asked for', async () => {
    const { devices } = await machine.plan('erase_devices');
    assert.equal(devices.length, 12);
    for (const { serial, abilities } of devices) {
      const supported = abilities.filter(({ support }) => support === 'supported').map(({ method }) => method);
      assert.deepEqual(supported, methodsOf(serial ?? ''), `${serial}`);
      for (const { method, support, why } of abilities)
        if (support !== 'supported') assert.match(why, lacks, `${method} of ${serial}`);
    }
    for (const method of ['discard', 'write-zeroes', 'ata-secure-erase', 'scsi-sanitize-block', 'nvme-sanitize-crypto'])
      await assert.rejects(machine.clean('erase_devices', { method }, withoutReadOnly), lacks, method);
    assert.deepEqual(machine.digests(), before);
  });

  await t.test('a read-only disk is refused by its name, and nothing is changed anywhere', async () => {
    await assert.rejects(machine.clean('erase_devices'), /read-only/);
    assert.deepEqual(machine.digests(), before);
  });

  await t.test('with it left out every other one is zero from outside', async () => {
    const result = await machine.clean('erase_devices', {}, withoutReadOnly);
    const after = machine.digests();
    for (const [id, digest] of after) assert.equal(digest, id === 'locked0' ? before.get(id) : zeros, id);
    const erased = Object.values(result as Readonly<Record<string, Erased>>);
    assert.equal(erased.length, after.size - 1);
    assert.deepEqual(
      erased.filter(({ clean }) => !clean),
      [],
    );
  });
});

test('disks of NVMe are erased by deallocation where that is asked for', { timeout: 400_000 }, async () => {
  const disks = zoo.filter(({ bus }) => bus === 'nvme');
  await using machine = await ZooMachine.boot(disks, (file) => writeFileSync(file, pattern));
  const result = await machine.clean('erase_devices', { method: 'discard' });
  const erased = Object.values(result as Readonly<Record<string, Erased>>);
  assert.deepEqual(
    erased.map(({ clean, method_done: method }) => ({ clean, method })),
    disks.map(() => ({ clean: true, method: 'discard' })),
  );
  for (const [id, digest] of machine.digests()) assert.equal(digest, zeros, id);
});

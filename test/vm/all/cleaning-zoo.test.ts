import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { zoo } from '../lab/zoo/zoo.ts';
import { ZooMachine } from '../lab/zoo/zoo-machine.ts';

interface Erased {
  readonly clean: boolean;
  readonly serial: string | null;
  readonly method_done: string | null;
  readonly reason: string | null;
}

test('every disk of the zoo is erased but the read-only one, which fails the step as long as it is not to be skipped', {
  timeout: 600_000,
}, async (t) => {
  const pattern = Buffer.alloc(zoo[0]?.sizeBytes ?? 0, 0xa5);
  await using machine = await ZooMachine.boot(zoo, (file) => writeFileSync(file, pattern));
  const before = machine.digests();

  await t.test('a read-only disk is refused by its name, and nothing is changed anywhere', async () => {
    await assert.rejects(machine.clean('erase_devices'), /read-only/);
    assert.deepEqual(machine.digests(), before);
  });

  await t.test('with it left out every other one is zero from outside', async () => {
    const result = await machine.clean(
      'erase_devices',
      {},
      { driverInternalInfo: { agent_erase_skip_read_only: true } },
    );
    const zeros = createHash('sha256').update(Buffer.alloc(pattern.length)).digest('hex');
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

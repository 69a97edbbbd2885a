import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { ImageWriteError } from '../../../../src/errors/catalogue.ts';
import { createVerifier } from '../../../../src/image/transfer/verification.ts';
import { createJobContext } from '../../../support/job-context.ts';
import { createFileTarget } from '../disk/file-target.ts';

const MiB = 1024 * 1024;

const verifierOf = (imageVerification: 'none' | 'full') =>
  createVerifier(createJobContext({ devices: [], config: { imageVerification } }));

test('the device has flushed before it is read back', async () => {
  await using disk = await createFileTarget(4 * MiB);
  const verifier = verifierOf('full');
  verifier.witness?.onData(MiB, new Uint8Array(MiB).fill(0xa5));
  const verified = await verifier.verify(disk.target);
  assert.deepEqual([verified?.checkedBytes, disk.done], [MiB, ['flush']]);
});

test('an error names the first differences and counts all', async () => {
  await using disk = await createFileTarget(12 * MiB);
  const verifier = verifierOf('full');
  for (let at = 0; at < 9 * MiB; at += MiB) verifier.witness?.onData(at, randomBytes(MiB));
  verifier.witness?.onData(9 * MiB, new Uint8Array(MiB).fill(0xa5));
  await assert.rejects(verifier.verify(disk.target), (error) => {
    assert.ok(error instanceof ImageWriteError, String(error));
    assert.match(
      error.details,
      /does not hold what was written to it: 9 extents differ, among them 1048576 bytes at 0 /,
    );
    assert.equal([...error.details.matchAll(/bytes at/g)].length, 5);
    return true;
  });
});

test('what was remembered goes into a checkpoint and comes back; a new start forgets it', async () => {
  await using disk = await createFileTarget(4 * MiB);
  const first = verifierOf('full');
  first.witness?.onZero(MiB, MiB);
  const next = verifierOf('full');
  assert.equal(next.restore(first.save()), true);
  await assert.rejects(next.verify(disk.target), { name: 'ImageWriteError', details: /expected zeros/ });
  next.restart();
  assert.equal((await next.verify(disk.target))?.checkedBytes, 0);
});

test('a checkpoint without a record, or with one that is none, is not enough for a read-back', () => {
  const verifier = verifierOf('full');
  assert.equal(verifier.restore(null), false);
  assert.equal(verifier.restore('AAAA'), false);
});

test('without read-back nothing is remembered and nothing is needed', async () => {
  await using disk = await createFileTarget(4 * MiB);
  const verifier = verifierOf('none');
  assert.deepEqual([verifier.witness, verifier.save(), verifier.restore(null)], [null, null, true]);
  assert.equal(await verifier.verify(disk.target), null);
  assert.deepEqual(disk.done, []);
});

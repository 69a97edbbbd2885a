import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { describe, it } from 'node:test';
import type { DiskTarget } from '../../../../../src/storage/device-io/disk-target.ts';
import { compareSamples, takeSamples } from '../../../../../src/storage/erase/verify/content-samples.ts';

/** A disk of random bytes that cannot be read from a place on; `reads` counts. */
function makeTarget(readableBytes: number, onRead: () => void): DiskTarget {
  const read = (bytes: Uint8Array, _from: number, length: number, offset: number) => {
    onRead();
    if (offset >= readableBytes) return Promise.reject(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }));
    randomFillSync(bytes);
    return Promise.resolve({ bytesRead: length, buffer: bytes });
  };
  const handle = { read } as unknown as FileHandle;
  return { handle, path: '/dev/test', sizeBytes: 1024 ** 3, sectorBytes: 512 };
}

describe('samples of what is on a disk', () => {
  it('are not waited for at every place of a disk that cannot be read: each may take minutes', async () => {
    let reads = 0;
    const dead = makeTarget(0, () => {
      reads += 1;
    });
    assert.deepEqual(await takeSamples(dead), []);
    assert.ok(reads <= 8, `${reads} reads`);
    reads = 0;
    const check = await compareSamples(dead, [], { expectNoStructure: false });
    assert.ok(reads <= 8, `${reads} reads`);
    assert.equal(check.passed, false);
    assert.match(check.detail, /8 unreadable/);
  });

  it('end when the job is cancelled or its worker stops', async () => {
    let reads = 0;
    const controller = new AbortController();
    const target = makeTarget(1024 ** 3, () => {
      reads += 1;
      if (reads === 3) controller.abort(new Error('the worker is stopping'));
    });
    await assert.rejects(takeSamples(target, controller.signal), /the worker is stopping/);
    assert.equal(reads, 3);
    const options = { expectNoStructure: false, signal: controller.signal };
    await assert.rejects(compareSamples(target, [], options), /the worker is stopping/);
    assert.equal(reads, 3);
  });

  it('tell of all places where a disk can be read', async () => {
    const samples = await takeSamples(makeTarget(1024 ** 3, () => undefined));
    assert.equal(samples.length, 256);
  });
});

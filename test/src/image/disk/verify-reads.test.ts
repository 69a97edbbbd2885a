import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { readWindows } from '../../../../src/image/disk/verify-reads.ts';
import type { DiskTarget } from '../../../../src/storage/device-io/disk-target.ts';

const extents = Array.from({ length: 6 }, (_, index) => ({ offset: index * 2 ** 20, length: 4096, crc: 0 }));
const blocks = Array.from({ length: 3 }, () => ({ bytes: new Uint8Array(4096) }));

/** A device whose reads end when the test says so. */
function slowDevice() {
  const reads: { readonly offset: number; readonly end: PromiseWithResolvers<{ bytesRead: number }> }[] = [];
  const read = (_bytes: Uint8Array, _at: number, _length: number, offset: number) => {
    const end = Promise.withResolvers<{ bytesRead: number }>();
    reads.push({ offset, end });
    return end.promise;
  };
  const target = { handle: { read }, path: '/dev/slow', sizeBytes: 2 ** 30, sectorBytes: 512 } as unknown as DiskTarget;
  return { target, reads, finish: (index: number) => reads[index]?.end.resolve({ bytesRead: 4096 }) };
}

test('as many reads are under way as there are blocks, and come in order', async () => {
  const { target, reads, finish } = slowDevice();
  const windows = readWindows(target, extents, blocks, new AbortController().signal);
  const first = windows.next();
  await turn();
  assert.equal(reads.length, 3);
  finish(2);
  finish(0);
  assert.equal((await first).value?.window.offset, 0);
  assert.equal(reads.length, 3, 'the block of the first is in use');
  const second = windows.next();
  await turn();
  assert.equal(reads.length, 4);
  finish(1);
  assert.equal((await second).value?.window.offset, 2 ** 20);
});

for (const why of ['an abort', 'a read that fails', 'a consumer that leaves'] as const) {
  test(`${why} is passed on only when no read is under way any more`, async () => {
    const { target, reads, finish } = slowDevice();
    const controller = new AbortController();
    const windows = readWindows(target, extents, blocks, controller.signal);
    const first = windows.next();
    await turn();
    let ended = false;
    const end = async (): Promise<void> => {
      if (why === 'an abort') controller.abort(new Error('enough'));
      if (why === 'a read that fails') reads[0]?.end.reject(new Error('broken'));
      else finish(0);
      if (why === 'a consumer that leaves') {
        await first;
        await windows.return(undefined);
      } else await assert.rejects(first, /enough|broken/);
      ended = true;
    };
    const ending = end();
    await turn();
    finish(1);
    await turn();
    assert.equal(ended, false);
    finish(2);
    await ending;
  });
}

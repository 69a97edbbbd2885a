import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allocateAligned } from '../../src/storage/device-io/aligned-memory.ts';
import { flush, writeAt } from '../../src/storage/device-io/disk-target.ts';
import { createFullDisk, eraseAll } from '../support/erase-group-run.ts';
import { makeMethod, noEvidence } from '../support/erase-request.ts';

const mebibyte = 1024 ** 2;

/** A drive that erases itself but for so many bytes at its end. */
const allBut = (leftBytes: number) =>
  makeMethod('nvme-sanitize-block', {
    async run({ target }) {
      const zeros = allocateAligned(mebibyte);
      const end = target.sizeBytes - leftBytes;
      for (let offset = 0; offset < end; offset += mebibyte) {
        await writeAt(target, zeros.subarray(0, Math.min(mebibyte, end - offset)), offset);
      }
      await flush(target);
      return noEvidence;
    },
  });

describe('an erase by the drive, of a disk whose size is no multiple of 4096', () => {
  for (const sizeBytes of [mebibyte + 512, 8 * mebibyte + 3584, 12_288 + 512]) {
    it(`is not believed where only the last sector of ${sizeBytes} bytes is left`, async () => {
      await using disk = await createFullDisk(sizeBytes);
      const [left] = await eraseAll([disk], { methods: [allBut(512)] });
      assert.equal(left?.isClean, false);
      assert.match(left.reason ?? '', /1 of \d+ blocks written before the erase are still there/);
      const [erasure] = await eraseAll([disk], { methods: [allBut(0)] });
      assert.equal(erasure?.isClean, true, erasure?.reason ?? '');
    });
  }
});

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { JobCheckpoint } from '../../src/core/job-context.ts';
import { flush } from '../../src/storage/device-io/disk-target.ts';
import { EraseMethodError } from '../../src/storage/erase/method.ts';
import { createFullDisk, eraseAll } from '../support/erase-group-run.ts';
import { makeMethod, noEvidence } from '../support/erase-request.ts';
import { memoryCheckpoint } from '../support/memory-checkpoint.ts';

describe('eraseGroup, of two disks that one run reaches', () => {
  for (const isGood of [true, false]) {
    it(`begins a run for two disks only once, wherever it dies (the drive ${isGood ? 'erases' : 'fails'})`, async () => {
      await using first = await createFullDisk();
      await using second = await createFullDisk();
      const disks = [first, second];
      let begun = 0;
      const wide = makeMethod('nvme-sanitize-block', {
        replay: 'reattach',
        reach: () => disks.map(({ path }) => path),
        async run({ target }, { record }) {
          if (record.read() === null) begun += 1;
          record.save({ begun: true });
          if (!isGood) throw new EraseMethodError('the sanitize failed');
          for (const { backingFile, sizeBytes } of disks) writeFileSync(backingFile, Buffer.alloc(sizeBytes));
          await flush(target);
          return noEvidence;
        },
      });
      const moments: { readonly saved: unknown; readonly begun: number }[] = [];
      const kept = memoryCheckpoint();
      const checkpoint: JobCheckpoint = {
        read: kept.read,
        save(value) {
          kept.save(value);
          moments.push({ saved: kept.read(), begun });
        },
      };
      const whole = await eraseAll(disks, { methods: [wide], checkpoint });
      assert.deepEqual([begun, whole.map(({ isClean }) => isClean)], [1, [isGood, isGood]]);
      for (const [index, moment] of moments.entries()) {
        begun = moment.begun;
        const cutOff = memoryCheckpoint();
        cutOff.save(moment.saved);
        const erasures = await eraseAll(disks, { methods: [wide], checkpoint: cutOff });
        assert.equal(begun, 1, `died after record ${index + 1} of ${moments.length}`);
        assert.deepEqual(
          erasures.map(({ isClean, attempts }) => [isClean, attempts.length]),
          [
            [isGood, 1],
            [isGood, 1],
          ],
        );
      }
    });
  }

  it('tries the weaker method, too, once for all disks that it reaches', async () => {
    await using first = await createFullDisk();
    await using second = await createFullDisk();
    const disks = [first, second];
    const reach = () => disks.map(({ path }) => path);
    const broken = makeMethod('nvme-sanitize-crypto', {
      reach,
      run: () => Promise.reject(new EraseMethodError('the drive aborted')),
    });
    let runs = 0;
    const wide = makeMethod('nvme-sanitize-block', {
      reach,
      async run({ target }) {
        runs += 1;
        for (const { backingFile, sizeBytes } of disks) writeFileSync(backingFile, Buffer.alloc(sizeBytes));
        await flush(target);
        return noEvidence;
      },
    });
    const erasures = await eraseAll(disks, { methods: [broken, wide], allowWeaker: true });
    assert.deepEqual([runs, erasures.map(({ methodDone }) => methodDone)], [1, Array(2).fill('nvme-sanitize-block')]);
  });
});

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { suite, test } from 'node:test';
import { InvalidImageError } from '../../../../src/errors/catalogue.ts';
import { convertToRaw } from '../../../../src/image/convert/convert-to-raw.ts';
import { ask, bases, formatOf, mib } from '../../../support/changed-image.ts';
import { spoolImage } from '../../../support/converted-image.ts';
import { createJobContext } from '../../../support/job-context.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

/** Pseudo-random and the same in every run. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state;
  }
}

suite('images with flipped bits', () => {
  const host = createJobContext({ devices: [] });
  const limits = { limitBytes: 64 * mib, timeoutSeconds: 20 };
  const runs = 25;
  for (const base of ['vmdk', 'stream', 'vhd', 'vhdx', 'vdi'] as const) {
    test(`end in a disk or a clear error within bounds: ${runs} of ${base}`, async () => {
      using dir = temporaryDirectory();
      const random = numbers(bases[base].length);
      const next = (below: number): number => Number(random.next().value) % below;
      for (let run = 0; run < runs; run += 1) {
        const image = Buffer.from(bases[base]);
        // Most of what steers a reader is at the start of the file or of a structure.
        const within = base === 'vhdx' ? 4 * mib : 16 * 1024;
        for (let flip = 0; flip < 4; flip += 1) image[next(Math.min(within, image.length))] = next(256);
        await using spool = await spoolImage(dir.path, image);
        const started = performance.now();
        try {
          await using raw = await convertToRaw(spool, ask(formatOf(base)), host, limits);
          assert.ok(raw.sizeBytes <= 64 * mib);
        } catch (error) {
          assert.ok(error instanceof InvalidImageError, String(error));
          assert.match(error.message, /the disk was not touched/);
        }
        assert.ok(performance.now() - started < 20_000);
      }
      assert.deepEqual(readdirSync(dir.path), []);
    });
  }
});

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { DiskTooSmallError } from '../../src/image/disk/disk-too-small-error.ts';
import { InvalidQcow2Error } from '../../src/image/qcow2/invalid-qcow2-error.ts';
import { sampleImage } from '../support/qcow2/build-image.ts';
import { decoded } from '../support/qcow2/decoded.ts';
import { mutated } from '../support/qcow2/mutate.ts';
import { noThreads } from '../support/qcow2/no-threads.ts';
import { seededRandom } from '../support/qcow2/seeded-random.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const run = promisify(execFile);
const seconds = Number(process.env['QCOW2_FUZZ_SECONDS'] ?? 120);
const firstSeed = Number(process.env['QCOW2_FUZZ_SEED'] ?? 1);
const mostMilliseconds = 20_000;
const targetBytes = 4 * 2 ** 20;

/** Of what is accepted, one in so many is also shown to QEMU. */
const shownToQemu = 40;

const bases = [
  sampleImage({ clusterBits: 9 }),
  sampleImage({ clusterBits: 9, version: 2 }),
  sampleImage({ clusterBits: 12, compression: 'zstd' }),
  sampleImage({ clusterBits: 12, virtualBytes: 40 * 4096 - 1024 }),
  sampleImage({ clusterBits: 14, extended: true }),
];

/** What QEMU reads; null where it refuses the image. */
async function readByQemu(image: Uint8Array, dir: string): Promise<Uint8Array | null> {
  const [file, raw] = [path.join(dir, 'image'), path.join(dir, 'raw')];
  writeFileSync(file, image);
  try {
    await run('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', file, raw]);
    return readFileSync(raw);
  } catch {
    return null;
  }
}

test(`for ${seconds} s, damaged images end in a refusal or are read as QEMU reads them`, async () => {
  using directory = temporaryDirectory();
  const tally = { cases: 0, refused: 0, accepted: 0, equalToQemu: 0, refusedByQemu: 0 };
  const end = performance.now() + seconds * 1000;

  async function compare(image: Uint8Array, content: Uint8Array, seed: number): Promise<void> {
    const expected = await readByQemu(image, directory.path);
    if (expected === null) tally.refusedByQemu += 1;
    else {
      assert.ok(Buffer.from(content).equals(expected), `seed ${seed}: QEMU reads something else`);
      tally.equalToQemu += 1;
    }
  }

  async function one(seed: number): Promise<void> {
    const random = seededRandom(seed);
    const image = mutated(random.pick(bases), random);
    const started = performance.now();
    const result = await decoded(image, { targetBytes, startThreads: noThreads }).catch((error: Error) => error);
    assert.ok(performance.now() - started < mostMilliseconds, `seed ${seed} takes too long`);
    tally.cases += 1;
    if (result instanceof Uint8Array) {
      tally.accepted += 1;
      if (tally.accepted % shownToQemu === 0) await compare(image, result, seed);
      return;
    }
    const isRefusal = result instanceof InvalidQcow2Error || result instanceof DiskTooSmallError;
    if (!isRefusal) throw new Error(`seed ${seed}`, { cause: result });
    tally.refused += 1;
  }

  for (let seed = firstSeed; performance.now() < end; seed += 1) await one(seed);
  const { cases, refused, accepted, equalToQemu, refusedByQemu } = tally;
  console.log(
    `note: ${cases} cases from seed ${firstSeed}: ${refused} refused, ${accepted} accepted; ` +
      `of these QEMU read ${equalToQemu} the same and refused ${refusedByQemu}`,
  );
  assert.ok(tally.refused > 0 && tally.accepted > 0);
});

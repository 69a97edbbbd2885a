import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { DiskSink } from '../../../src/image/disk/disk-sink.ts';
import { decodeQcow2 } from '../../../src/image/qcow2/decode.ts';
import { InvalidQcow2Error } from '../../../src/image/qcow2/invalid-qcow2-error.ts';
import type { Qcow2Plan } from '../../../src/image/qcow2/plan.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { type CorpusCase, convertedByQemu, corpusCase, difference, isCorrupt, makeImage } from './corpus.ts';
import { oddBlockBytes, planOf } from './decoded.ts';
import { fileSink } from './file-sink.ts';
import { seededRandom } from './seeded-random.ts';
import { sourceBlocks } from './source-blocks.ts';

const mib = 2 ** 20;
const blockSizes = [10 * oddBlockBytes, 65_536, mib - 512, 4 * mib];

/** Where an image is decoded to. Reads as zero. */
export interface CorpusDisk extends AsyncDisposable {
  readonly sink: DiskSink;
  /** A file with what the disk holds, from when it is finished. */
  readonly file: string;
  finish(): Promise<void>;
}

/** `file` is a name that is free. */
type OpenDisk = (file: string, sizeBytes: number, seed: number) => Promise<CorpusDisk>;

/**
 * Decodes the images of these seeds and compares each with what `qemu-img convert` makes of it. QEMU 7.2 now and then makes a
 * corrupt image, where compressed and other writes take turns: two guest clusters on one host cluster. `qemu-img check` says so
 * too, and such an image must be refused.
 */
export function testCorpus(firstSeed: number, count: number, openDisk: OpenDisk = openFile): void {
  test(`${count} images of qemu-img read as qemu-img reads them`, async (context) => {
    using directory = temporaryDirectory();
    const noise = path.join(directory.path, 'noise');
    writeFileSync(noise, noiseOf(4 * mib));
    const tally = { equal: 0, corrupt: 0, compressed: 0, extents: 0, sourceBytes: 0 };
    let seed = firstSeed;
    const one = async (kase: CorpusCase): Promise<void> => {
      const file = await makeImage(kase, directory.path);
      const image = readFileSync(file);
      const plan = await planOrRefusal(image, file, kase.name);
      if (plan) {
        await compareWithQemu(plan, image, file, kase, openDisk);
        tally.equal += 1;
        tally.compressed += plan.hasCompressedClusters ? 1 : 0;
        tally.extents += plan.extents.count;
        tally.sourceBytes += image.length;
      } else {
        tally.corrupt += 1;
      }
      for (const made of [file, `${file}.ours`, `${file}.raw`]) rmSync(made, { force: true });
    };
    const work = async (): Promise<void> => {
      while (tally.equal < count) {
        seed += 1;
        await one(corpusCase(seed, noise));
      }
    };
    await Promise.all([work(), work()]);
    assert.ok(tally.compressed > count / 5, 'some images have compressed clusters');
    assert.ok(tally.corrupt < count / 10, `${tally.corrupt} corrupt images`);
    context.diagnostic(JSON.stringify(tally));
  });
}

async function planOrRefusal(image: Uint8Array, file: string, name: string): Promise<Qcow2Plan | null> {
  try {
    return await planOf(image);
  } catch (error) {
    if (error instanceof InvalidQcow2Error && (await isCorrupt(file))) return null;
    throw new Error(name, { cause: error });
  }
}

async function compareWithQemu(
  plan: Qcow2Plan,
  image: Uint8Array,
  file: string,
  kase: CorpusCase,
  openDisk: OpenDisk,
): Promise<void> {
  await using disk = await openDisk(`${file}.ours`, plan.virtualBytes, kase.seed);
  const blocks = sourceBlocks(image, blockSizes[kase.seed % blockSizes.length] ?? mib);
  await decodeQcow2({ plan, blocks, from: 0, sink: disk.sink });
  assert.equal(blocks.heldBlocks, 0, kase.name);
  await disk.finish();
  assert.equal(await difference(disk.file, await convertedByQemu(file)), null, kase.name);
}

async function openFile(file: string, sizeBytes: number): Promise<CorpusDisk> {
  const sink = fileSink(file, sizeBytes);
  return { file, sink, finish: async () => undefined, [Symbol.asyncDispose]: async () => sink[Symbol.dispose]() };
}

/** Half noise, half what compresses well. */
function noiseOf(length: number): Uint8Array {
  const random = seededRandom(1);
  const noise = random.bytes(length / 8);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 3000) {
    const start = random.below(noise.length - 3000);
    if (random.chance(0.5)) bytes.fill(random.below(256), at, at + 3000);
    else bytes.set(noise.subarray(start, start + Math.min(3000, length - at)), at);
  }
  return bytes;
}

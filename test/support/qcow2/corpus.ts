import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { type SeededRandom, seededRandom } from './seeded-random.ts';

const run = promisify(execFile);
const [kib, mib, gib] = [2 ** 10, 2 ** 20, 2 ** 30];

/** One image of the corpus: how it is created, and what is done to it. */
export interface CorpusCase {
  readonly name: string;
  readonly seed: number;
  readonly virtualBytes: number;
  readonly clusterBytes: number;
  /** For `-o` of qemu-img. */
  readonly options: readonly string[];
  /** Rounds of commands for qemu-io, with an internal snapshot after each but the last. */
  readonly rounds: readonly (readonly string[])[];
  /** Options of the image that it is converted to with `-c`; null where it stays as it is. */
  readonly compressedTo: readonly string[] | null;
  readonly hasBitmap: boolean;
}

const clusterSizes = [512, kib, 2 * kib, 4 * kib, 16 * kib, 32 * kib, 64 * kib, 256 * kib, mib, 2 * mib];
const sizes = [mib, mib + 512, 3 * mib - 1024, 10 * mib, 33 * mib + 4096, 100 * mib, gib, 5 * gib + 512, 64 * gib];

/** The parameters of qemu-img and qemu-io, drawn from `seed`. `noise` is a file of a few MiB to write from. */
export function corpusCase(seed: number, noise: string): CorpusCase {
  const random = seededRandom(seed);
  const version = random.chance(0.25) ? 2 : 3;
  const clusterBytes = random.pick(clusterSizes);
  // An L1 table that is many MiB long, or more tables than anybody preallocates, only makes qemu-img slow.
  const virtualBytes = random.pick(sizes.filter((size) => clusterBytes >= 16 * kib || size <= gib));
  const allocation = preallocation(random, virtualBytes);
  const imageOptions = formatOptions(random, version, clusterBytes);
  const isCompressed = random.chance(0.35);
  const roundCount = random.pick([1, 1, 2, 3]);
  const rounds = Array.from({ length: roundCount }, () => commands(random, virtualBytes, clusterBytes, noise));
  const targetCluster = random.pick(clusterSizes.filter((size) => size >= 4 * kib || virtualBytes <= 100 * mib));
  return {
    name: `${seed}: v${version}, clusters of ${clusterBytes}, ${virtualBytes} bytes, ${allocation}, ${imageOptions.join(' ')}`,
    seed,
    virtualBytes,
    clusterBytes,
    options: [`preallocation=${allocation}`, ...imageOptions],
    rounds,
    compressedTo: isCompressed ? formatOptions(random, random.chance(0.2) ? 2 : 3, targetCluster) : null,
    hasBitmap: version === 3 && !isCompressed && random.chance(0.2),
  };
}

function preallocation(random: SeededRandom, virtualBytes: number): string {
  if (virtualBytes <= 3 * mib) return random.pick(['off', 'off', 'metadata', 'falloc', 'full']);
  // The file of such an image is as long as the disk, and is read to its end.
  return virtualBytes <= 10 * mib ? random.pick(['off', 'off', 'metadata']) : 'off';
}

function formatOptions(random: SeededRandom, version: 2 | 3, clusterBytes: number): string[] {
  const options = [`compat=${version === 2 ? '0.10' : '1.1'}`, `cluster_size=${clusterBytes}`];
  if (version === 2) return options;
  options.push(`compression_type=${random.pick(['zlib', 'zstd'])}`);
  options.push(`lazy_refcounts=${random.pick(['on', 'off'])}`);
  options.push(`refcount_bits=${random.pick([8, 16, 16, 32, 64])}`);
  if (clusterBytes >= 16 * kib && random.chance(0.4)) options.push('extended_l2=on');
  return options;
}

function commands(random: SeededRandom, virtualBytes: number, clusterBytes: number, noise: string): string[] {
  const hot = Array.from({ length: 3 }, () => random.below(Math.floor(virtualBytes / 512)) * 512);
  return Array.from({ length: 2 + random.below(12) }, () => {
    const start = random.chance(0.6) ? random.pick(hot) : random.below(Math.floor(virtualBytes / 512)) * 512;
    const most = Math.min(virtualBytes - start, random.pick([512, 3 * kib, 70 * kib, mib, 3 * mib]));
    const length = 512 * (1 + random.below(Math.max(1, Math.floor(most / 512))));
    const [cluster, clusters] = [Math.floor(start / clusterBytes), 1 + random.below(3)];
    const aligned = `${cluster * clusterBytes} ${Math.min(clusters * clusterBytes, virtualBytes - cluster * clusterBytes)}`;
    return random.pick([
      `write -q -P ${1 + random.below(255)} ${start} ${length}`,
      `write -q -s ${noise} ${start} ${length}`,
      `write -q -s ${noise} ${start} ${length}`,
      `write -q -z ${start} ${length}`,
      `write -q -z -u ${aligned}`,
      `discard -q ${aligned}`,
      `write -q -c -s ${noise} ${aligned}`,
      `write -q -c -P ${random.below(256)} ${aligned}`,
    ]);
  });
}

/** Makes the image in `dir`; gives its path. */
export async function makeImage(kase: CorpusCase, dir: string): Promise<string> {
  const file = path.join(dir, `${kase.seed}.qcow2`);
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-o', kase.options.join(), file, `${kase.virtualBytes}`]);
  for (const [index, round] of kase.rounds.entries()) {
    // Some commands fail, for QEMU compresses no cluster that is allocated, and all do where it has made the image corrupt.
    if (index > 0) await run('qemu-img', ['snapshot', '-c', `s${index}`, file]).catch(() => undefined);
    const commands = round.flatMap((command) => ['-c', command]);
    await run('qemu-io', [...commands, '-f', 'qcow2', '-d', 'unmap', file]).catch(() => undefined);
  }
  if (await isCorrupt(file)) return file;
  if (kase.hasBitmap) await run('qemu-img', ['bitmap', '--add', '-f', 'qcow2', file, 'b']);
  if (kase.compressedTo === null) return file;
  const compressed = path.join(dir, `${kase.seed}-c.qcow2`);
  const options = kase.compressedTo.join();
  await run('qemu-img', ['convert', '-c', '-f', 'qcow2', '-O', 'qcow2', '-o', options, file, compressed]);
  return compressed;
}

/** What QEMU reads from the image, as a sparse raw file. */
export async function convertedByQemu(image: string): Promise<string> {
  const raw = `${image}.raw`;
  await run('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', image, raw]);
  return raw;
}

/** Byte for byte, holes passed over: what differs, or null. Both are raw. */
export async function difference(one: string, other: string): Promise<string | null> {
  try {
    await run('qemu-img', ['compare', '-f', 'raw', '-F', 'raw', one, other]);
    return null;
  } catch (error) {
    return String((error as { stdout?: string }).stdout || error);
  }
}

interface ImageInfo {
  readonly 'dirty-flag': boolean;
  readonly 'format-specific': { readonly data: { readonly corrupt?: boolean } };
}

/** True where QEMU itself says that the image is corrupt or dirty, or finds that its map is wrong. */
export async function isCorrupt(image: string): Promise<boolean> {
  const { stdout } = await run('qemu-img', ['info', '--output=json', '-f', 'qcow2', image]);
  const info = JSON.parse(stdout) as ImageInfo;
  if (info['dirty-flag'] || info['format-specific'].data.corrupt) return true;
  const { code } = await run('qemu-img', ['check', '-q', '-f', 'qcow2', image]).then(
    () => ({ code: 0 }),
    (error: { readonly code: number }) => error,
  );
  const errorsFound = 2;
  return code === errorsFound;
}

import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Base } from '../base/cached-base.ts';
import { runBytes } from '../run-bytes.ts';
import { touch } from '../tidy-cache.ts';

/** Levels of zstd that the kernel can unpack without a window above 8 MiB. */
export type Compression = `zstd-${number}` | 'none';

const compressionPattern = /^(none|zstd-([1-9]|1\d))$/;

export function isCompression(text: string): text is Compression {
  return compressionPattern.test(text);
}

/** Frames of zstd(1) are the same whatever number of threads makes them. */
export async function compress(chunks: Iterable<Buffer>, compression: Compression): Promise<Buffer> {
  if (compression === 'none') return Buffer.concat([...chunks]);
  return runBytes('zstd', ['-q', compression.replace('zstd', ''), '-T0'], chunks);
}

/** The segments of a base, compressed; each is kept by what is in it, so that a change of one costs only that one. */
export async function compressedSegments(
  base: Base,
  compression: Compression,
  cacheDir: string,
): Promise<readonly Buffer[]> {
  const segments: Buffer[] = [];
  for (const { name, sha256 } of base.facts.segments) {
    const cached = path.join(cacheDir, 'ramdisk-segments', `${name}-${sha256.slice(0, 16)}.${compression}`);
    if (!existsSync(cached)) {
      const packed = await compress([await readFile(path.join(base.folder, `${name}.cpio`))], compression);
      await mkdir(path.dirname(cached), { recursive: true });
      await writeFile(`${cached}.${process.pid}`, packed);
      await rename(`${cached}.${process.pid}`, cached);
    }
    await touch(cached);
    segments.push(await readFile(cached));
  }
  return segments;
}

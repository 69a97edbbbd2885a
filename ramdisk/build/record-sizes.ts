import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { appDir } from '../../scripts/cli/bundle.ts';
import type { BuildRequest, Tell } from './build-ramdisk.ts';
import type { Manifest } from './output/manifest.ts';

/** What docs/ramdisk-sizes.md is made of. */
export const sizesFile = path.join(appDir, 'docs/ramdisk-sizes.json');

/** One build, by its profile and architecture. */
export interface RecordedSizes {
  readonly compression: string;
  readonly kernelBytes: number;
  readonly initramfsBytes: number;
  readonly unpackedBytes: number;
  readonly segments: Manifest['segments'];
  /** What the largest packages take when they are unpacked. */
  readonly largest: readonly { readonly name: string; readonly bytes: number }[];
}

const shown = 20;

/** Takes over what the build has just said of itself; `npm run generate` makes the page. */
export async function recordSizes({ out }: BuildRequest, tell: Tell): Promise<void> {
  const manifest = JSON.parse(await readFile(path.join(out, 'manifest.json'), 'utf8')) as Manifest;
  const all = JSON.parse(await readFile(sizesFile, 'utf8').catch(() => '{}')) as Record<string, RecordedSizes>;
  all[`${manifest.profile} ${manifest.architecture}`] = {
    compression: manifest.compression,
    kernelBytes: manifest.files['vmlinuz']?.bytes ?? 0,
    initramfsBytes: manifest.files['initramfs']?.bytes ?? 0,
    unpackedBytes: manifest.unpackedBytes,
    segments: manifest.segments,
    largest: manifest.debianPackages
      .toSorted((a, b) => b.bytes - a.bytes)
      .slice(0, shown)
      .map(({ name, bytes }) => ({ name, bytes })),
  };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? 1 : -1)));
  await writeFile(sizesFile, `${JSON.stringify(sorted, null, 2)}\n`);
  tell(`wrote ${sizesFile}: npm run generate makes docs/ramdisk-sizes.md of it`);
}

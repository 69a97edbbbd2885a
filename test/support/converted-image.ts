import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { spoolBlocks } from '../../src/image/spool/spool-blocks.ts';
import type { SpoolFile } from '../../src/image/spool/spool-file.ts';
import { blockStreamOf } from './block-stream-of.ts';

export interface MadeImage {
  /** Driver of qemu-img. */
  readonly driver: string;
  /** `-o` of qemu-img. */
  readonly options?: string;
}

/** An image of `disk` as the real qemu-img makes it. */
export function makeImage(dir: string, disk: Uint8Array, { driver, options }: MadeImage): Buffer {
  const [source, target] = [path.join(dir, 'disk.raw'), path.join(dir, `disk.${driver}`)];
  mkdirSync(dir, { recursive: true });
  writeFileSync(source, disk);
  const extra = options === undefined ? [] : ['-o', options];
  execFileSync('qemu-img', ['convert', '-q', '-f', 'raw', '-O', driver, ...extra, source, target]);
  return readFileSync(target);
}

export function spoolImage(dir: string, image: Uint8Array): Promise<SpoolFile> {
  return spoolBlocks(blockStreamOf([image]), {
    dir,
    limitBytes: image.length,
    expectedBytes: image.length,
    signal: new AbortController().signal,
  });
}

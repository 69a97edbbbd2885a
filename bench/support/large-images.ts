import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sha256Of } from './page-map.ts';

const execute = promisify(execFile);
const MiB = 1024 ** 2;

export interface LargeImage {
  readonly what: string;
  readonly directory: string;
  /** Name in the directory. */
  readonly file: string;
  readonly sha256: string;
  readonly diskFormat: 'raw' | 'qcow2';
  /** Size of the disk that it needs. */
  readonly diskBytes: number;
}

export interface ScatteredOptions {
  readonly virtualBytes: number;
  readonly dataBytes: number;
  readonly clusterBytes: number;
}

/** Written by qemu-img in strides that come round again and again: no cluster of the file goes next to the one before it. */
export async function makeScatteredQcow2(cache: string, options: ScatteredOptions): Promise<LargeImage> {
  const { virtualBytes, dataBytes, clusterBytes } = options;
  const count = Math.floor(dataBytes / clusterBytes);
  const what = `qcow2 of ${virtualBytes / 1024 ** 3} GiB, ${count} scattered clusters of ${clusterBytes / 1024} KiB`;
  const made = await inCache(cache, `scattered-${virtualBytes}-${dataBytes}-${clusterBytes}.qcow2`, async (file) => {
    const create = ['create', '-q', '-f', 'qcow2', '-o', `cluster_size=${clusterBytes}`, file, `${virtualBytes}`];
    await execute('qemu-img', create);
    const image = `driver=qcow2,l2-cache-size=${256 * MiB},file.driver=file,file.filename=${file},cache.no-flush=on`;
    // Odd in clusters, so it meets every place before it meets one twice.
    const stride = (Math.floor(virtualBytes / clusterBytes / 613) * 2 + 1) * clusterBytes;
    const write = ['-w', '-c', `${count}`, '-d', '1', '-s', `${clusterBytes}`, '-S', `${stride}`, '--pattern', '90'];
    await execute('qemu-img', ['bench', ...write, '-t', 'unsafe', '--image-opts', image]);
    const ends = `${file}.ends`;
    await makeTable(ends, virtualBytes);
    const tail = virtualBytes - MiB;
    await execute('dd', [`if=${ends}`, `of=${ends}.tail`, 'bs=1M', `skip=${tail / MiB}`, 'status=none']);
    const put = [`write -q -s ${ends} 0 ${MiB}`, `write -q -s ${ends}.tail ${tail} ${MiB}`].flatMap((text) => [
      '-c',
      text,
    ]);
    await execute('qemu-io', ['-f', 'qcow2', ...put, file]);
    for (const used of [ends, `${ends}.tail`]) await rm(used);
  });
  return { what, ...made, diskFormat: 'qcow2', diskBytes: virtualBytes };
}

/** With a GPT, a mebibyte of data in each 256, and holes. */
export async function makeSparseRaw(cache: string, bytes: number): Promise<LargeImage> {
  const made = await inCache(cache, `sparse-${bytes}.raw`, async (file) => {
    const image = await open(file, 'w');
    const data = Buffer.alloc(MiB, 0x5a);
    for (let offset = 2 * MiB; offset < bytes - 2 * MiB; offset += 256 * MiB) {
      await image.write(data, 0, data.length, offset);
    }
    await image.close();
    await makeTable(file, bytes);
  });
  return { what: `raw of ${bytes / 1024 ** 3} GiB, nearly all zero`, ...made, diskFormat: 'raw', diskBytes: bytes };
}

/** A file of that size with a GPT; keeps what is in it. */
async function makeTable(file: string, bytes: number): Promise<void> {
  await execute('truncate', ['--size', String(bytes), file]);
  const running = execute('sfdisk', ['--quiet', file]);
  running.child.stdin?.end('label: gpt\nstart=2048, type=linux, name=root\n');
  await running;
}

async function inCache(
  cache: string,
  name: string,
  make: (file: string) => Promise<void>,
): Promise<Pick<LargeImage, 'directory' | 'file' | 'sha256'>> {
  const directory = join(cache, 'large');
  await mkdir(directory, { recursive: true });
  const path = join(directory, name);
  const known = `${path}.sha256`;
  if (!existsSync(known)) {
    await make(`${path}.unfinished`);
    await rename(`${path}.unfinished`, path);
    await writeFile(known, await sha256Of(path));
  }
  return { directory, file: name, sha256: await readFile(known, 'utf8') };
}

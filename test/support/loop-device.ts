import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { atEndOfProcess } from './at-end-of-process.ts';

const execute = promisify(execFile);
const prefix = 'ironhand-loop-';
const live = new Map<string, string>();
const leftover = new RegExp(`^(/.*/${prefix}(\\d+)-[^/]+)/disk\\.img`);
let armed = false;

export interface LoopDeviceOptions {
  readonly sizeBytes: number;
  /** Logical sector size. Default: 512. */
  readonly sectorBytes?: 512 | 4096;
  /** Allocates the blocks of the backing file, so that a bench does not measure the file system. Default: sparse. */
  readonly preallocate?: boolean;
  /** Attaches it read-only. */
  readonly readOnly?: boolean;
}

export interface LoopDevice extends AsyncDisposable {
  /** `/dev/loopN` */
  readonly path: string;
  readonly backingFile: string;
  readonly sizeBytes: number;
}

/**
 * A block device on a fresh file in a directory of its own: `await using disk = await createLoopDevice({...})`.
 * Detached and removed at disposal, at the end of the process and on SIGINT or SIGTERM; what a process killed with -9 left
 * behind is removed by the next one.
 */
export async function createLoopDevice(options: LoopDeviceOptions): Promise<LoopDevice> {
  arm();
  const { sizeBytes, sectorBytes = 512 } = options;
  if (sizeBytes % sectorBytes !== 0) throw new Error(`${sizeBytes} bytes are no multiple of ${sectorBytes}`);
  const directory = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  const backingFile = join(directory, 'disk.img');
  try {
    const file = await open(backingFile, 'w');
    await file.truncate(sizeBytes);
    await file.close();
    if (options.preallocate) await execute('fallocate', ['--length', String(sizeBytes), backingFile]);
    const flags = ['--sector-size', String(sectorBytes), ...(options.readOnly ? ['--read-only'] : [])];
    const { stdout } = await execute('losetup', ['--find', '--show', ...flags, backingFile]);
    const path = stdout.trim();
    live.set(path, directory);
    // `blockdev --setro` of an earlier test outlives its backing file.
    if (!options.readOnly) await execute('blockdev', ['--setrw', path]);
    return {
      path,
      backingFile,
      sizeBytes,
      async [Symbol.asyncDispose]() {
        release(path, directory);
      },
    };
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

/** Makes the kernel see the partitions of a loop device (this kernel has no parser of its own); gives their paths. */
export async function addPartitions(path: string): Promise<readonly string[]> {
  await execute('partx', ['--add', path]);
  return partitionsOf(path).map((name) => `/dev/${name}`);
}

function partitionsOf(path: string): readonly string[] {
  const name = basename(path);
  return readdirSync(`/sys/class/block/${name}`)
    .filter((entry) => entry.startsWith(`${name}p`))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function release(path: string, directory: string): void {
  if (live.get(path) !== directory) return;
  live.delete(path);
  detach(path);
  rmSync(directory, { recursive: true, force: true });
}

/** Synchronous, so that it also works while the process ends. */
function detach(path: string): void {
  if (partitionsOf(path).length > 0) execFileSync('partx', ['--delete', path], { stdio: 'ignore' });
  execFileSync('losetup', ['--detach', path]);
}

function releaseAll(): void {
  for (const [path, directory] of live) {
    try {
      release(path, directory);
    } catch (error) {
      process.stderr.write(`cannot detach ${path}: ${String(error)}\n`);
    }
  }
}

function arm(): void {
  if (armed) return;
  armed = true;
  atEndOfProcess(releaseAll);
  releaseLeftovers();
}

interface AttachedLoop {
  readonly name: string;
  readonly 'back-file': string | null;
}

/**
 * Detaches devices of processes that are gone, known by the process id in the name of their directory. A backing file that
 * this process cannot see, and that was not deleted either, belongs to another container.
 */
function releaseLeftovers(): void {
  const output = execFileSync('losetup', ['--list', '--json', '--output', 'NAME,BACK-FILE'], { encoding: 'utf8' });
  const attached: readonly AttachedLoop[] = output.trim() === '' ? [] : JSON.parse(output).loopdevices;
  for (const { name, 'back-file': file } of attached) {
    const [, directory, owner] = leftover.exec(file ?? '') ?? [];
    if (!file || !directory || existsSync(`/proc/${owner}`)) continue;
    if (!existsSync(file) && !file.endsWith(' (deleted)')) continue;
    try {
      detach(name);
      rmSync(directory, { recursive: true, force: true });
    } catch (error) {
      process.stderr.write(`cannot release ${name}: ${String(error)}\n`);
    }
  }
}

import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allocateAligned } from '../../src/storage/device-io/aligned-memory.ts';

const MiB = 1024 * 1024;

/** A loop device without a page cache of its own. */
export interface BenchDisk extends AsyncDisposable {
  readonly path: string;
  readonly backingFile: string;
  readonly sizeBytes: number;
  /** Overwrites the first bytes with 0xa5: written extents, cold cache, and old data that would show. */
  poison(bytes: number): Promise<void>;
}

/** On a file whose blocks are all allocated, or on a sparse one. */
export async function createBenchDisk(
  sizeBytes: number,
  { sparse = false }: { readonly sparse?: boolean } = {},
): Promise<BenchDisk> {
  const directory = await mkdtemp(join(tmpdir(), 'ironhand-bench-'));
  const backingFile = join(directory, 'disk.img');
  let path: string | null = null;
  const dispose = async () => {
    if (path !== null) detach(path);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const make = sparse ? 'truncate' : 'fallocate';
    execFileSync(make, [sparse ? '--size' : '--length', String(sizeBytes), backingFile]);
    path = execFileSync('losetup', ['--find', '--show', '--direct-io=on', backingFile], { encoding: 'utf8' }).trim();
    const poisoned = path;
    return { path, backingFile, sizeBytes, poison: (bytes) => poison(poisoned, bytes), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Partitions keep a loop device busy; there may be none. */
function detach(path: string): void {
  try {
    execFileSync('partx', ['--delete', path], { stdio: 'ignore' });
  } catch {
    // none known
  }
  execFileSync('losetup', ['--detach', path]);
}

async function poison(path: string, bytes: number): Promise<void> {
  const block = allocateAligned(4 * MiB).fill(0xa5);
  const disk = await open(path, constants.O_WRONLY | constants.O_DIRECT);
  try {
    for (let offset = 0; offset < bytes; offset += block.length) {
      await disk.write(block, 0, Math.min(block.length, bytes - offset), offset);
    }
    await disk.datasync();
  } finally {
    await disk.close();
  }
}

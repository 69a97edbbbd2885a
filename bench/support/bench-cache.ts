import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The variable that tells a bench where the images of this run are. */
export const cacheVariable = 'IRONHAND_BENCH_CACHE';

/** A directory for images, which cost minutes to make. */
export interface BenchCache extends AsyncDisposable {
  readonly directory: string;
}

/** The one that was handed down and stays, or one of our own that goes with us. */
export async function openBenchCache(): Promise<BenchCache> {
  const given = process.env[cacheVariable];
  if (given) {
    await mkdir(given, { recursive: true });
    return { directory: given, [Symbol.asyncDispose]: async () => undefined };
  }
  const directory = await mkdtemp(join(tmpdir(), 'ironhand-bench-images-'));
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type BuildRequest, buildRamdisk, type Tell } from './build-ramdisk.ts';

/** Builds twice, each time with nothing kept from before, and names the files that differ. */
export async function differingFiles(request: BuildRequest, tell: Tell): Promise<readonly string[]> {
  await mkdir(request.cacheDir, { recursive: true });
  const work = await mkdtemp(path.join(request.cacheDir, 'ramdisk-twice-'));
  try {
    const digests: Map<string, string>[] = [];
    for (const attempt of ['first', 'second']) {
      const out = path.join(work, attempt, 'out');
      await buildRamdisk({ ...request, out, cacheDir: path.join(work, attempt, 'cache') }, tell);
      const found = new Map<string, string>();
      for (const name of request.outputs) found.set(name, await digest(path.join(out, name)));
      digests.push(found);
    }
    const [first, second] = digests;
    return request.outputs.filter((name) => first?.get(name) !== second?.get(name));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

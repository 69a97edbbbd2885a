import { randomUUID } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes a file that only its owner can touch. Whoever reads it meanwhile sees the old text or the new one, never a part. */
export function writeRootOnly(file: string, text: string): void {
  // A random name and no pid: the processes of several containers share the directory and may have the same pid.
  const unfinished = `${file}.${randomUUID()}.tmp`;
  writeFileSync(unfinished, text, { mode: 0o600, flag: 'wx' });
  renameSync(unfinished, file);
}

/** The file of one job in a directory of the state. Throws when the id could lead out of that directory. */
export function jobFile(dir: string, jobId: string): string {
  if (!/^[\w-]+$/.test(jobId)) throw new TypeError(`expected the id of a job, found ${JSON.stringify(jobId)}`);
  return path.join(dir, `${jobId}.json`);
}

import { readFileSync } from 'node:fs';
import type { JobCheckpoint } from '../core/job-context.ts';
import { hasErrorCode } from '../errors/guards.ts';
import { jobFile, wipeFile, writeRootOnly } from './root-only-file.ts';
import type { StateDir } from './state-dir.ts';

/** The checkpoint of one job, in a file of the state directory: it needs no Redis, so it survives the death of that too. */
export function jobCheckpoint(state: StateDir, jobId: string): JobCheckpoint {
  const file = jobFile(state.checkpoints, jobId);
  return {
    read() {
      try {
        return JSON.parse(readFileSync(file, 'utf8')) as unknown;
      } catch (error) {
        if (hasErrorCode(error, 'ENOENT')) return null;
        throw error;
      }
    },
    save: (value) => writeRootOnly(file, JSON.stringify(value)),
  };
}

/** The job has ended: nothing will go on from there. */
export function forgetCheckpoint(state: StateDir, jobId: string): void {
  wipeFile(jobFile(state.checkpoints, jobId));
}

import { rename, rm } from 'node:fs/promises';
import { hasErrorCode } from '../../src/errors/guards.ts';

/** Gives a finished folder its place. Of two that were made of the same at the same time, the first one stays. */
export async function publishFolder(finished: string, place: string): Promise<void> {
  try {
    await rename(finished, place);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOTEMPTY') && !hasErrorCode(error, 'EEXIST')) throw error;
    await rm(finished, { recursive: true });
  }
}

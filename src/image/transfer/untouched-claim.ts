import { AgentError } from '../../errors/agent-error.ts';
import { errorCatalogue } from '../../errors/catalogue.ts';

/** What errors say that are thrown before anything is written. */
export const untouched = 'the disk was not touched';

/** The same error for a disk to which an attempt before has written: the one that failed did not touch it, and that is not all. */
export function withoutUntouchedClaim(error: unknown): unknown {
  if (!(error instanceof AgentError) || !error.details.includes(untouched)) return error;
  const errorClass = errorCatalogue.get(error.kind.type);
  const details = error.details.replace(untouched, 'an attempt before has written to the disk, which cannot boot');
  return errorClass ? new errorClass(details, { cause: error }) : error;
}

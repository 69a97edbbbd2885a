import { getSystemErrorMap } from 'node:util';
import { CommandExecutionError } from '../errors/catalogue.ts';
import type { FioOutcome } from '../tools/fio.ts';

/** errno(3), EILSEQ: fio's word for a block that is not what was written. */
const different = 84;

/** Throws CommandExecutionError that names every job of fio that failed, and why; does nothing where all went well. */
export function assertNoFailure(what: string, { jobs, failure }: FioOutcome): void {
  const failed = jobs.filter(({ error }) => error !== 0);
  if (failure === null && failed.length === 0) return;
  const reasons = failed.map(({ name, error }) => `${name}: ${reasonOf(error)}`);
  const details = [...reasons, ...(failure ? [failure.message] : [])].join('; ');
  throw new CommandExecutionError(`${what} failed: ${details}`, { cause: failure });
}

function reasonOf(error: number): string {
  if (error === different) return 'what was read back is not what was written';
  const [name, message] = getSystemErrorMap().get(-error) ?? [`error ${error}`, 'unknown'];
  return `${message} (${name})`;
}

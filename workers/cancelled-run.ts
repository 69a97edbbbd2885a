import { isCancelled, JobCancelled } from '../src/core/job-cancelled.ts';
import { AgentError } from '../src/errors/agent-error.ts';
import { CleaningError, CommandCancelledError, DeploymentError, ServicingError } from '../src/errors/catalogue.ts';
import { errorText } from '../src/errors/guards.ts';

/** The errors that a step's own ones are wrapped in, when they are not of the catalogue. */
const wrappers = new Set([CleaningError.kind, DeploymentError.kind, ServicingError.kind]);

/** The end of a run that was cancelled and then failed, with whatever error: that is kept as detail and cause. */
export function cancelledError(error: unknown): AgentError {
  if (error instanceof AgentError && error.kind === CommandCancelledError.kind) return error;
  const details = saysOnlyThat(error) ? 'it was cut short' : `it was cut short: ${errorText(error)}`;
  return new CommandCancelledError(details, { cause: error });
}

/** True for errors that say no more than that a signal was aborted. */
function saysOnlyThat(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof JobCancelled || error.name === 'AbortError') return true;
  return error instanceof AgentError && wrappers.has(error.kind) && saysOnlyThat(error.cause);
}

/**
 * The outcome of a run. One that was cancelled may go on (a sanitize cannot be interrupted), and its signal, once aborted, cannot
 * tell it any more that the worker stops: it is then left behind, and ends with this process. Throws JobCancelled for that.
 */
export async function unlessLeftBehind<T>(run: Promise<T>, signal: AbortSignal, stopping: AbortSignal): Promise<T> {
  const left = Promise.withResolvers<never>();
  const leave = (): void => {
    if (isCancelled(signal)) left.reject(signal.reason);
  };
  stopping.addEventListener('abort', leave);
  run.catch(() => undefined); // it may fail when nobody waits any more
  try {
    return await Promise.race([run, left.promise]);
  } finally {
    stopping.removeEventListener('abort', leave);
  }
}

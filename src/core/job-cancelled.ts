/** The reason with which the signal of a job is aborted when somebody cancelled it; any other one means that its worker stops. */
export class JobCancelled extends Error {
  override readonly name = 'JobCancelled';

  constructor() {
    super('it was cancelled');
  }
}

/** True when somebody cancelled the job, not when its worker stops. */
export function isCancelled(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason instanceof JobCancelled;
}

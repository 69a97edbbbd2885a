import { errorText } from '../../../../errors/guards.ts';
import { readSanitizeStatus, type SanitizeStatus } from '../../../../tools/hdparm-sanitize.ts';
import { EraseMethodError, type MethodContext } from '../../method.ts';
import { pause } from '../pause.ts';

/** How long a drive is waited for, in questions. */
export interface Patience {
  /** Without any answer, one after the other: a drive that was reset is away for a while. */
  readonly silent: number;
  /** With the same share done. */
  readonly stalled: number;
  /** That it is neither at work nor done, one after the other. */
  readonly wrong: number;
}

/** With a question every five seconds: a quarter of an hour, and twelve hours. */
const usualPatience: Patience = { silent: 180, stalled: 8640, wrong: 3 };

/** Asks until the drive answers. Throws EraseMethodError when it gives up; rejects when the worker stops. */
export async function awaitStatus(
  path: string,
  context: MethodContext,
  { silent }: Pick<Patience, 'silent'> = usualPatience,
): Promise<SanitizeStatus> {
  const { run, signal, log } = context;
  for (let question = 1; ; question++) {
    try {
      return await readSanitizeStatus(run, path);
    } catch (error) {
      signal.throwIfAborted();
      const why = errorText(error);
      if (question >= silent) {
        throw new EraseMethodError(`${path} has vanished: ${question} questions without an answer: ${why}`, {
          cause: error,
        });
      }
      if (question === 1) log.warn({ device: path, why }, 'the drive does not say how far it is; asking again');
    }
    await pause(context);
  }
}

/**
 * Polls a sanitize that was begun until the drive says that it completed without error; tells whether it was seen at work.
 * Throws EraseMethodError where the drive says anything else for good, or nothing for too long; rejects when the worker stops
 * (the drive goes on).
 */
export async function watchSanitize(
  path: string,
  context: MethodContext,
  patience: Patience = usualPatience,
): Promise<{ readonly seenAtWork: boolean }> {
  let share = -1;
  let stalled = 0;
  let wrong = 0;
  for (;;) {
    const status = await awaitStatus(path, context, patience);
    if (isCompleted(status)) return { seenAtWork: share >= 0 };
    if (status.kind === 'in-process') {
      wrong = 0;
      stalled = status.thousandths > share ? 0 : stalled + 1;
      share = Math.max(share, status.thousandths);
      context.report({ phase: 'sanitize', done: share, total: 1000 });
    } else {
      wrong += 1;
    }
    if (wrong >= patience.wrong) throw new EraseMethodError(`${path} has not sanitized: ${describeStatus(status)}`);
    if (stalled >= patience.stalled) {
      throw new EraseMethodError(`${path} has been at ${share} of 1000 of its sanitize for ${stalled} questions`);
    }
    await pause(context);
  }
}

export function isCompleted(status: SanitizeStatus): boolean {
  return (status.kind === 'idle' || status.kind === 'frozen') && status.completed;
}

export function describeStatus(status: SanitizeStatus): string {
  switch (status.kind) {
    case 'idle':
      return `it is idle, and the last sanitize ${status.completed ? 'completed' : 'did not complete'} without error`;
    case 'frozen':
      return 'its SANITIZE feature set is frozen until its power is cycled';
    case 'in-process':
      return `a sanitize is under way (${status.thousandths} of 1000)`;
    case 'failed':
      return `the sanitize failed (${status.reason})`;
    case 'aborted':
      return `it aborts the question for its state, as drives do after a sanitize that failed (${status.reason})`;
  }
}

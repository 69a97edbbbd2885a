import { ToolError } from '../../../../errors/tool-error.ts';
import { EraseMethodError, type MethodContext } from '../../method.ts';
import { pause } from '../pause.ts';
import { followShare } from '../told-share.ts';
import { describeScsiState, type LongOperation, readScsiState, type ScsiDriveState } from './drive-state.ts';

/** How long a disk is waited for. */
export interface ScsiPatience {
  /** Without an answer that says anything: a disk that was reset is away, or not ready, for a while. */
  readonly awaySeconds: number;
  /** At work, with the same share done. */
  readonly stallSeconds: number;
  /** At work, where it never tells a share: longer than the largest disk takes. */
  readonly silentSeconds: number;
  /** Answers, one after the other, that it is ready and at nothing, before that is believed. */
  readonly calmAnswers: number;
}

export const usualScsiPatience: ScsiPatience = {
  awaySeconds: 600,
  stallSeconds: 12 * 3600,
  silentSeconds: 96 * 3600,
  calmAnswers: 3,
};

export interface ScsiWatch {
  readonly device: string;
  readonly operation: LongOperation;
  readonly context: MethodContext;
  readonly patience: ScsiPatience;
}

export type SettledState = Exclude<ScsiDriveState, { kind: 'unsettled' }>;

/** What was seen of an operation until it had ended. */
export interface WatchedEnd {
  readonly seenAtWork: boolean;
  /** Thousandths; null where none was told. */
  readonly mostTold: number | null;
  /** Answers after which the disk was asked again, because none came or it said nothing. */
  readonly lostAnswers: number;
}

/**
 * Asks until the disk says what it is at. Throws EraseMethodError when it gives up; rejects with the reason of the signal when the
 * worker stops.
 */
export async function awaitScsiState(
  { device, context, patience }: Omit<ScsiWatch, 'operation'>,
  onLost: () => void = () => undefined,
): Promise<SettledState> {
  const { run, signal, log } = context;
  const began = performance.now();
  for (let isFirst = true; ; isFirst = false) {
    signal.throwIfAborted();
    const answer = await readScsiState(run, device).catch((error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof ToolError) return error;
      throw error;
    });
    if (!(answer instanceof ToolError) && answer.kind !== 'unsettled') return answer;
    const why = answer instanceof ToolError ? answer.message : describeScsiState(answer);
    const seconds = Math.round((performance.now() - began) / 1000);
    if (performance.now() - began >= patience.awaySeconds * 1000) {
      const cause = answer instanceof ToolError ? { cause: answer } : {};
      throw new EraseMethodError(`${device}: no answer for ${seconds} s that says what it is at: ${why}`, cause);
    }
    onLost();
    if (isFirst) log.warn({ device, why }, 'the disk does not say what it is at; asking again');
    await pause(context);
  }
}

/**
 * Watches an operation that was accepted until the disk is calm. The disk is left at work whatever happens. Throws
 * EraseMethodError where it failed, stands still or takes up something else, and what `awaitScsiState` throws.
 */
export async function watchToTheEnd(watch: ScsiWatch): Promise<WatchedEnd> {
  const { device, operation, context, patience } = watch;
  let lostAnswers = 0;
  const onLost = (): void => {
    lostAnswers += 1;
  };
  const progress = followProgress(watch);
  for (let calm = 0; ; ) {
    const state = await awaitScsiState(watch, onLost);
    if (state.kind === 'failed') throw new EraseMethodError(`${device}: the ${operation} failed: ${state.text}`);
    if (state.kind === 'at-work') progress.look(state);
    calm = state.kind === 'calm' ? calm + 1 : 0;
    if (calm >= patience.calmAnswers) return { ...progress.seen(), lostAnswers };
    await pause(context);
  }
}

function followProgress(watch: ScsiWatch) {
  const { device, operation, context } = watch;
  let seenAtWork = false;
  context.report({ phase: operation, done: 0, total: null });
  const share = followShare(operation, context);
  return {
    seen: () => ({ seenAtWork, mostTold: share.most }),
    look(state: Extract<SettledState, { kind: 'at-work' }>): void {
      if (state.operation !== operation) throw new EraseMethodError(`${device}: ${describeScsiState(state)}, not ours`);
      seenAtWork = true;
      share.look(state.progress);
      throwIfStalled(watch, share.most, share.stalledSeconds);
    },
  };
}

function throwIfStalled({ device, operation, patience }: ScsiWatch, most: number | null, stalled: number): void {
  if (stalled <= (most === null ? patience.silentSeconds : patience.stallSeconds)) return;
  const where = most === null ? 'it never told any' : `at ${most / 10} %`;
  throw new EraseMethodError(
    `${device}: ${operation}: no progress for ${Math.round(stalled)} s (${where}); it was not stopped, the disk may still be at work`,
  );
}

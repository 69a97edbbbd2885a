import { errorText } from '../../../../errors/guards.ts';
import { ToolError } from '../../../../errors/tool-error.ts';
import { type SanitizeKind, startArgs, startSanitize } from '../../../../tools/hdparm-sanitize.ts';
import { EraseMethodError, type MethodContext, type MethodEvidence, type MethodRecord } from '../../method.ts';
import { awaitStatus, describeStatus, isCompleted, watchSanitize } from './sanitize-watch.ts';

/** What one sanitize wrote down of itself. */
interface SanitizeRecord {
  /** `starting`: the command is about to be sent; `started`: the drive took it. */
  readonly state: 'starting' | 'started';
  /** The drive said of an earlier sanitize that it completed, or did not say: "completed" alone then proves nothing. */
  readonly completedBefore: boolean;
  /** ISO 8601, UTC */
  readonly startedAt: string;
}

/**
 * Starts a sanitize and watches it to its end; after the death of a process the next one goes on to watch. ATA has no name for a
 * sanitize: that it is ours is known by the record and by what the drive said before it was begun.
 */
export async function runAtaSanitize(
  kind: SanitizeKind,
  path: string,
  context: MethodContext,
): Promise<MethodEvidence> {
  const earlier = readRecord(context.record);
  const reattached = earlier !== null && (await isUnderWayOrDone(path, earlier, context));
  const record = reattached ? earlier : await start(kind, path, earlier, context);
  const { seenAtWork } = await watchSanitize(path, context);
  return {
    tool: `hdparm ${startArgs(kind, path).find((arg) => arg.startsWith('--sanitize-') && !arg.endsWith('-passes'))}`,
    exitCode: 0,
    bytes: 0,
    badRanges: [],
    details: {
      startedAt: record.startedAt,
      reattached,
      completedBefore: record.completedBefore,
      seenAtWork,
      sanitizeStatus: 'completed without error',
      ...(kind === 'overwrite' ? { pattern: '00000000', passes: 1 } : {}),
    },
  };
}

async function start(
  kind: SanitizeKind,
  path: string,
  earlier: SanitizeRecord | null,
  context: MethodContext,
): Promise<SanitizeRecord> {
  context.signal.throwIfAborted();
  const before = await awaitStatus(path, context);
  if (before.kind === 'frozen') throw new EraseMethodError(`${path}: ${describeStatus(before)}`);
  if (before.kind === 'in-process') {
    throw new EraseMethodError(`${path}: ${describeStatus(before)}, which this job has not begun; wait for its end`);
  }
  const completedBefore = earlier?.completedBefore ?? (before.kind === 'aborted' || isCompleted(before));
  const record: SanitizeRecord = { state: 'starting', completedBefore, startedAt: new Date().toISOString() };
  context.record.save(record);
  await sendStart(kind, path, context);
  const started: SanitizeRecord = { ...record, state: 'started' };
  context.record.save(started);
  return started;
}

/** A command that hdparm is not sure of counts only where the drive is seen at work. */
async function sendStart(kind: SanitizeKind, path: string, context: MethodContext): Promise<void> {
  const doubt = await doubtOf(kind, path, context);
  if (doubt === null) return;
  const status = await awaitStatus(path, context);
  if (status.kind === 'in-process') return;
  throw new EraseMethodError(`${path} did not begin the sanitize: ${doubt.why}; ${describeStatus(status)}`, {
    tool: 'hdparm',
    exitCode: doubt.exitCode,
  });
}

/** null where the drive took the command. Rejects when the worker stops. */
async function doubtOf(
  kind: SanitizeKind,
  path: string,
  { run, signal }: MethodContext,
): Promise<{ readonly why: string; readonly exitCode: number | null } | null> {
  try {
    const { aborted, exitCode, said } = await startSanitize(run, kind, path);
    return aborted ? { why: `hdparm said: ${said}`, exitCode } : null;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ToolError)) throw error;
    return { why: errorText(error), exitCode: error.exitCode };
  }
}

/** False where the command of the record was never sent. Throws EraseMethodError where it was, and came to nothing. */
async function isUnderWayOrDone(path: string, record: SanitizeRecord, context: MethodContext): Promise<boolean> {
  if (record.state === 'started') return true;
  const status = await awaitStatus(path, context);
  const { completedBefore } = record;
  if (status.kind === 'in-process') return true;
  if (isCompleted(status)) return !completedBefore;
  // A new sanitize clears "completed": idle as before means that none was begun.
  if (status.kind === 'idle' && !completedBefore) return false;
  throw new EraseMethodError(
    `${path}: a sanitize may have been begun by a process that died; ${describeStatus(status)}`,
  );
}

/** null where nothing was begun; throws EraseMethodError for a record that is none. */
function readRecord(record: MethodRecord): SanitizeRecord | null {
  const saved = record.read();
  if (saved === null || saved === undefined) return null;
  const { state, completedBefore, startedAt } = saved as Readonly<Record<string, unknown>>;
  const isState = state === 'starting' || state === 'started';
  if (!isState || typeof completedBefore !== 'boolean' || typeof startedAt !== 'string') {
    throw new EraseMethodError('the record of an interrupted sanitize cannot be read: nobody knows what was done');
  }
  return { state, completedBefore, startedAt };
}

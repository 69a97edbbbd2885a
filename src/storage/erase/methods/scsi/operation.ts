import type { RunTool, ToolResult } from '../../../../core/tool.ts';
import { ToolError } from '../../../../errors/tool-error.ts';
import { sgExit } from '../../../../tools/sg-answer.ts';
import { readAttribute } from '../../../sysfs.ts';
import {
  type Check,
  EraseMethodError,
  type EraseTarget,
  type MethodContext,
  type MethodEvidence,
} from '../../method.ts';
import { describeScsiState } from './drive-state.ts';
import { intentRecord, readScsiRecord, type ScsiRecord } from './record.ts';
import { awaitScsiState, type ScsiWatch, type SettledState, type WatchedEnd, watchToTheEnd } from './watch.ts';

/** One command that keeps a SCSI disk busy, and that it ends by itself. */
export interface ScsiOperation extends ScsiWatch {
  /** `sanitize-crypto`, `format`. */
  readonly name: string;
  readonly program: string;
  /** Asks what it needs to know, changes nothing, and gives what sends the command. */
  prepare(): Promise<(run: RunTool) => Promise<ToolResult>>;
}

/**
 * Brings one operation of ours to its end: the one on record where the disk is still at it or has done it, else a new one. No log
 * of the disk tells what it has done. So it has ended when the command was accepted, and the disk then says no more that it is at
 * work, is ready and reports no failure. Throws EraseMethodError, SafetyLatchError, and the reason of the signal when the worker
 * stops: the disk goes on then.
 */
export async function runScsiOperation(operation: ScsiOperation, target: EraseTarget): Promise<MethodEvidence> {
  const { context, name, device } = operation;
  const found = readScsiRecord(context.record.read(), name);
  const state = await awaitScsiState(operation);
  if (state.kind === 'at-work' && (found === null || state.operation !== operation.operation)) {
    throw new EraseMethodError(`${device}: ${describeScsiState(state)}, which we did not begin`);
  }
  if (state.kind === 'failed' && found !== null) throw failure(operation, `it failed: ${state.text}`);
  const current = found && isOnItsWay(found, state) ? found : await begin(operation, target);
  if (current.phase === 'intent') context.record.save({ ...current, phase: 'accepted' } satisfies ScsiRecord);
  return evidenceOf(operation, current, { ...(await watchToTheEnd(operation)), reattached: current === found });
}

/** A command of which only the intent is on record never reached a disk that is calm, or it is safe to send again. */
function isOnItsWay(record: ScsiRecord, { kind }: SettledState): boolean {
  return kind === 'at-work' || (kind === 'calm' && record.phase === 'accepted');
}

async function begin(operation: ScsiOperation, target: EraseTarget): Promise<ScsiRecord> {
  const { context, name } = operation;
  const { record, run, signal } = context;
  const send = await operation.prepare();
  throwIfExchanged(target);
  signal.throwIfAborted();
  const intent = intentRecord(name);
  record.save(intent);
  const accepted = await send(run)
    .then(({ exitCode }): ScsiRecord => ({ ...intent, phase: 'accepted', exitCode }))
    .catch((error: unknown) => afterRefusal(operation, intent, error));
  record.save(accepted);
  return accepted;
}

const refusals: ReadonlySet<number | null> = new Set<number | null>(Object.values(sgExit));

/** A disk that says no has not done it. Where it said nothing it may be at work all the same, as after a reset in that moment. */
async function afterRefusal(operation: ScsiOperation, intent: ScsiRecord, error: unknown): Promise<ScsiRecord> {
  const { context, patience, program } = operation;
  context.signal.throwIfAborted();
  if (!(error instanceof ToolError)) throw error;
  const refused = new EraseMethodError(error.message, { cause: error, tool: program, exitCode: error.exitCode });
  if (refusals.has(error.exitCode)) {
    context.record.save(null);
    throw refused;
  }
  for (let asked = 0; asked < patience.calmAnswers; asked++) {
    const state = await awaitScsiState(operation);
    if (state.kind === 'at-work' && state.operation === operation.operation) return { ...intent, phase: 'accepted' };
    if (state.kind !== 'calm') throw failure(operation, `${error.message}; ${describeScsiState(state)}`, error);
  }
  throw refused;
}

/** The name is what the program opens; the disk behind it is the one that was claimed. */
function throwIfExchanged({ disk: { device } }: EraseTarget): void {
  if (device.diskSequence === undefined) return;
  const sequence = readAttribute(device.path, 'diskseq');
  if (sequence === String(device.diskSequence)) return;
  throw new EraseMethodError(
    `${device.path} is another disk than was claimed (disk sequence ${sequence}, not ${device.diskSequence})`,
  );
}

function failure({ device, operation, program }: ScsiOperation, why: string, cause?: unknown): EraseMethodError {
  return new EraseMethodError(`${device}: the ${operation}: ${why}`, { cause, tool: program });
}

function evidenceOf(
  { name, program }: ScsiOperation,
  { exitCode, startedAt }: ScsiRecord,
  { seenAtWork, mostTold, lostAnswers, reattached }: WatchedEnd & { readonly reattached: boolean },
): MethodEvidence {
  const details = {
    operation: name,
    commandAcceptedAt: startedAt,
    seenAtWork,
    lastToldThousandths: mostTold,
    lostAnswers,
    reattached,
    end: 'the disk no longer says that it is at work, is ready and reports no failure',
  };
  return { tool: program, exitCode, bytes: 0, badRanges: [], details };
}

/** The disk still reports no failure after it was claimed anew. */
export async function checkCalm(
  { disk: { device } }: EraseTarget,
  { operation, patience }: Pick<ScsiWatch, 'operation' | 'patience'>,
  context: MethodContext,
): Promise<Check> {
  const state = await awaitScsiState({ device: device.path, context, patience });
  return { name: `${operation}-state`, passed: state.kind === 'calm', detail: describeScsiState(state) };
}

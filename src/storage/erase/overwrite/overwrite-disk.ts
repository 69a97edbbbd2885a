import { randomBytes } from 'node:crypto';
import { errorText } from '../../../errors/guards.ts';
import type { ByteRange } from '../../device-io/byte-range.ts';
import { type DiskTarget, writeAt } from '../../device-io/disk-target.ts';
import type { Pass } from '../erase-options.ts';
import { EraseMethodError, type MethodProgress, type MethodRecord } from '../method.ts';
import { type CheckpointInterval, createCheckpoints, usualInterval } from './checkpoints.ts';
import { createFaults, type FaultLimits, type Faults, inPieces, usualLimits } from './faults.ts';
import { workInOrder } from './in-order.ts';
import { streamKeyBytes } from './keyed-stream.ts';
import { contentOf, type OverwriteRecord, parseRecord, passAt } from './overwrite-record.ts';
import { openPassSource } from './pass-source.ts';
import { piecesOf } from './pieces-of.ts';

export interface OverwriteRequest {
  readonly target: DiskTarget;
  readonly passes: readonly Pass[];
  readonly record: MethodRecord;
  readonly signal: AbortSignal;
  report(progress: MethodProgress): void;
}

/** How an overwrite goes about it; the defaults are for disks of today. */
export interface OverwriteTuning {
  readonly interval?: CheckpointInterval;
  readonly limits?: FaultLimits;
}

/**
 * Writes the passes over the whole device, or what a record of a run before leaves to do, and gives the record of it all. Each
 * pass is durable before the next one begins. Bad places are left out and told. Throws EraseMethodError, or the reason of the signal;
 * what was done until then is in the record.
 */
export async function overwriteDisk(request: OverwriteRequest, tuning: OverwriteTuning = {}): Promise<OverwriteRecord> {
  const { target, passes, record } = request;
  const found = parseRecord(record.read(), target, passes);
  let state = found ? { ...found, resumed: found.resumed + 1 } : beginPass(target, passes, null);
  record.save(state);
  const faults = createFaults(target, state.badRanges, tuning.limits ?? usualLimits);
  while (state.pass < passes.length) {
    const done = await writePass(state, faults, request, tuning.interval ?? usualInterval);
    state = done.pass + 1 < passes.length ? beginPass(target, passes, done) : { ...done, pass: passes.length };
    record.save(state);
  }
  return state;
}

/** A new pass has a new key. */
function beginPass(target: DiskTarget, passes: readonly Pass[], before: OverwriteRecord | null): OverwriteRecord {
  const pass = before === null ? 0 : before.pass + 1;
  const key = passAt(passes, pass).kind === 'stream' ? randomBytes(streamKeyBytes).toString('hex') : null;
  const { bytes = 0, badRanges = [], resumed = 0 } = before ?? {};
  return { version: 1, sizeBytes: target.sizeBytes, passes, pass, key, position: 0, bytes, badRanges, resumed };
}

/** From the position of the record to the end of the device; gives the record of that. */
async function writePass(
  from: OverwriteRecord,
  faults: Faults,
  { target, record, signal, report }: OverwriteRequest,
  interval: CheckpointInterval,
): Promise<OverwriteRecord> {
  const { sizeBytes, sectorBytes } = target;
  const phase = `pass ${from.pass + 1} of ${from.passes.length}`;
  using source = openPassSource(contentOf(from));
  const checkpoints = createCheckpoints<OverwriteRecord>(target, (state) => record.save(state), interval);
  let state = from;
  report({ phase, done: state.position, total: sizeBytes });
  try {
    await workInOrder<ByteRange, number>({
      items: piecesOf([{ start: from.position, end: sizeBytes }], source.blockBytes),
      most: source.slots,
      signal,
      start(range, slot) {
        const bytes = source.block(slot, range.start, range.end - range.start);
        return inPieces(range, { faults, sectorBytes, signal }, ({ start, end }) =>
          writeAt(target, bytes.subarray(start - range.start, end - range.start), start),
        );
      },
      settle({ start, end }, bad) {
        const written = end - start - bad;
        state = { ...state, position: end, bytes: state.bytes + written, badRanges: faults.ranges };
        checkpoints.reach(state, written);
        report({ phase, done: end, total: sizeBytes });
      },
    });
  } catch (error) {
    // What was written until then counts, but nothing may hide why it ended.
    await checkpoints.finish().catch(() => undefined);
    throw toMethodError(error, signal);
  }
  await checkpoints.finish().catch((error: unknown) => {
    throw toMethodError(error, signal);
  });
  return state;
}

function toMethodError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted && error === signal.reason) return error;
  return error instanceof EraseMethodError ? error : new EraseMethodError(errorText(error), { cause: error });
}

import { discardRange } from '../../../tools/blkdiscard.ts';
import { type DiskTarget, flush } from '../../device-io/disk-target.ts';
import { readAttribute } from '../../sysfs.ts';
import { type EraseMethod, EraseMethodError, type MethodContext, type MethodRecord } from '../method.ts';
import { readBack } from '../verify/read-back.ts';
import { asMethodError } from './as-method-error.ts';

const GiB = 1024 ** 3;
/** Between two reports, and two looks whether to stop. A multiple of every granularity that drives have. */
const usualStepBytes = 4 * GiB;
/** Nobody knows before: of solid-state drives, in bytes per second. */
const assumedRate = 5e9;
const sampleSeconds = 2;

/**
 * Everything is discarded, where the device guarantees that discarded blocks read as zero; read back to see that they do. At most Clear in
 * the words of NIST SP 800-88 Rev. 1: no read through the interface finds the data any more, but it stays on the medium until the
 * drive collects its garbage (and what the drive holds beyond its addresses is not touched), so a laboratory may find it. Goes on where a
 * former process stopped; discarding twice is harmless.
 */
export const discard: EraseMethod = createDiscard();

/** The same with another length of its steps, for tests. */
export function createDiscard(stepBytes = usualStepBytes): EraseMethod {
  return {
    name: 'discard',
    replay: 'resume',
    cancellable: true,
    supports: ({ device, probe }) => {
      if (device.readOnly) return { kind: 'unsupported', why: 'it is read-only' };
      return probe.zerosAfterDiscard
        ? { kind: 'supported', how: 'it guarantees that discarded blocks read as zero' }
        : { kind: 'unsupported', why: 'it does not guarantee that discarded blocks read as zero' };
    },
    estimate: ({ device }, options) =>
      Math.ceil(device.sizeBytes / assumedRate) * (options.readBack === 'full' ? 10 : 1) + sampleSeconds,
    sanitization: () => 'clear',
    reach: ({ device }) => [device.path],

    async run({ target }, context) {
      const limit = Number(readAttribute(target.path, 'queue/discard_max_bytes') ?? 0);
      if (!(limit > 0)) throw new EraseMethodError(`${target.path}: the kernel has no discard for it`);
      try {
        await discardAll(target, stepBytes, context);
      } catch (error) {
        context.signal.throwIfAborted();
        throw asMethodError(target.path, error);
      }
      return { tool: 'blkdiscard', exitCode: 0, bytes: 0, badRanges: [], details: { discardMaxBytes: limit } };
    },

    async verify({ target }, _evidence, context) {
      const { options, signal } = context;
      const report: MethodContext['report'] = (progress) => context.report(progress);
      return [await readBack(target, { kind: 'zeros' }, options.readBack, { signal, report })];
    },
  };
}

async function discardAll(target: DiskTarget, stepBytes: number, context: MethodContext): Promise<void> {
  const { path, sizeBytes } = target;
  for (let done = readDone(context.record, sizeBytes); done < sizeBytes; ) {
    context.signal.throwIfAborted();
    context.report({ phase: 'discard', done, total: sizeBytes });
    const lengthBytes = Math.min(stepBytes, sizeBytes - done);
    await discardRange(context.run, path, { offsetBytes: done, lengthBytes });
    await flush(target);
    done += lengthBytes;
    context.record.save({ sizeBytes, done } satisfies DiscardRecord);
  }
  context.report({ phase: 'discard', done: sizeBytes, total: sizeBytes });
}

interface DiscardRecord {
  readonly sizeBytes: number;
  /** Bytes from the beginning that are discarded and flushed. */
  readonly done: number;
}

/** From the beginning where the record is of something else: discarding twice is harmless. */
function readDone(record: MethodRecord, sizeBytes: number): number {
  const { sizeBytes: size, done } = (record.read() ?? {}) as Readonly<Record<string, unknown>>;
  if (size !== sizeBytes || typeof done !== 'number' || !Number.isSafeInteger(done)) return 0;
  return done >= 0 && done <= sizeBytes ? done : 0;
}

import type { JobContext } from '../../core/job-context.ts';
import { ImageWriteError } from '../../errors/catalogue.ts';
import { type DiskTarget, flush } from '../../storage/device-io/disk-target.ts';
import type { WriteWitness } from '../disk/disk-writer.ts';
import { ExtentRecord, ExtentRecordError } from '../disk/extent-record.ts';
import { type VerifyReport, verifyExtents } from '../disk/verify-extents.ts';
import { allocateBlocks } from '../stream/block-pool.ts';

/** What was read back from the device, of how much. */
export type Verification = Pick<
  VerifyReport,
  'mode' | 'checkedBytes' | 'checkedExtents' | 'extentCount' | 'uncheckedBytes'
>;

/** Remembers what is written and compares it with what the device has, where the options want it. */
export interface Verifier {
  /** To be told of every write; null where nothing is verified. */
  readonly witness: WriteWitness | null;
  /** Forgets everything: the write starts over. */
  restart(): void;
  /** What is remembered, for a checkpoint; null where nothing is verified. */
  save(): string | null;
  /** Takes up what a checkpoint remembers; false where it remembers nothing, or nothing of use, although it should. */
  restore(saved: string | null): boolean;
  /** Reads back; null where nothing is verified. Throws ImageWriteError that names the extents that differ. */
  verify(target: DiskTarget): Promise<Verification | null>;
}

/** Blocks of 4 MiB that are read at once. */
const readsInFlight = 4;
/** Differences that an error names. */
const mostNamed = 5;

/** By the option `image_verification`; remembers nothing yet. */
export function createVerifier({ config, jobId, signal, report }: JobContext): Verifier {
  const mode = config.imageVerification;
  let record = new ExtentRecord();
  if (mode === 'none') {
    return { witness: null, restart: () => undefined, save: () => null, restore: () => true, verify: async () => null };
  }
  return {
    witness: {
      onData: (offset, bytes) => record.record(offset, bytes),
      onZero: (offset, length) => record.recordZeros(offset, length),
    },
    restart() {
      record = new ExtentRecord();
    },
    save: () => record.serialise(),
    restore(saved) {
      if (saved === null) return false;
      try {
        record = ExtentRecord.restore(saved);
        return true;
      } catch (error) {
        if (error instanceof ExtentRecordError) return false;
        throw error;
      }
    },
    async verify(target) {
      // Else the cache of the disk might answer for the disk.
      await flush(target);
      const memory = allocateBlocks(readsInFlight);
      const onProgress = (done: number, total: number): void => report({ phase: 'verify', done, total });
      const found = await verifyExtents({ target, record, mode, seed: jobId, memory, signal, onProgress });
      if (found.differenceCount > 0) throw differs(target, found);
      const { checkedBytes, checkedExtents, extentCount, uncheckedBytes } = found;
      return { mode, checkedBytes, checkedExtents, extentCount, uncheckedBytes };
    },
  };
}

function differs(target: DiskTarget, { differenceCount, differences }: VerifyReport): Error {
  const named = differences
    .slice(0, mostNamed)
    .map(
      ({ offset, length, expected, found }) => `${length} bytes at ${offset} (expected ${expected}, found ${found})`,
    );
  return new ImageWriteError(
    `${target.path} does not hold what was written to it: ${differenceCount} extents differ, among them ${named.join(', ')}`,
  );
}

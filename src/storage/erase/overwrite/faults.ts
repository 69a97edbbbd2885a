import { errorText, hasErrorCode } from '../../../errors/guards.ts';
import { type ByteRange, mergeRanges } from '../../device-io/byte-range.ts';
import type { DiskTarget } from '../../device-io/disk-target.ts';
import { EraseMethodError } from '../method.ts';

/** When a device is given up. */
export interface FaultLimits {
  /** Bad ranges that are recorded, at most. */
  readonly ranges: number;
  /** Bytes that failed without one success between them. */
  readonly bytesInRow: number;
  /** Time that went into calls that failed: a disk may take many seconds for each. */
  readonly seconds: number;
}

export const usualLimits: FaultLimits = { ranges: 1000, bytesInRow: 64 * 1024 * 1024, seconds: 2 * 3600 };

/** What the disk could not write or read so far. */
export interface Faults {
  /** Ascending, and joined where they touch. */
  readonly ranges: readonly ByteRange[];
  /** False where the device could not do it for a reason that is of this place alone; throws EraseMethodError else. */
  attempt(io: () => Promise<void>): Promise<boolean>;
  /** Throws EraseMethodError when it is too much. */
  add(range: ByteRange): void;
}

/**
 * How the block layer says that a place is bad (blk_errors of block/blk-core.c: medium error, error of the target, protection
 * error, time out, other I/O error). Whatever else fails (ENODEV, ENXIO, ENOSPC, EROFS, a lost path, a reservation) is an error
 * of the whole device.
 */
const badPlace = ['EIO', 'ENODATA', 'EREMOTEIO', 'EILSEQ', 'ETIMEDOUT'] as const;

export function createFaults(
  target: Pick<DiskTarget, 'path' | 'sizeBytes' | 'sectorBytes'>,
  known: readonly ByteRange[] = [],
  limits: FaultLimits = usualLimits,
): Faults {
  let ranges = mergeRanges(known, target);
  let bytesInRow = 0;
  let milliseconds = 0;

  function giveUp(why: string): never {
    throw new EraseMethodError(`${target.path}: given up: ${why}`);
  }

  return {
    get ranges() {
      return ranges;
    },
    async attempt(io) {
      const started = performance.now();
      try {
        await io();
        bytesInRow = 0;
        return true;
      } catch (error) {
        const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
        if (!hasErrorCode(cause, ...badPlace)) throw new EraseMethodError(errorText(error), { cause: error });
        milliseconds += performance.now() - started;
        if (milliseconds > limits.seconds * 1000) giveUp(`more than ${limits.seconds} s went into calls that failed`);
        return false;
      }
    },
    add(range) {
      bytesInRow += range.end - range.start;
      if (bytesInRow >= limits.bytesInRow)
        giveUp(`${limits.bytesInRow} bytes failed in a row, with no success between them`);
      ranges = mergeRanges([...ranges, range], target);
      if (ranges.length > limits.ranges) giveUp(`it has more than ${limits.ranges} bad ranges`);
    },
  };
}

/** Each call covers so much of the last one when that has failed: few calls, of which each may take seconds. */
const smaller = [64 * 1024, 4096] as const;

/**
 * Does `io` for the range and, where that fails, for ever smaller pieces of it, down to single sectors. Gives the bytes that
 * could not be done; they are in the faults. Throws EraseMethodError, and the reason of the signal between two pieces.
 */
export async function inPieces(
  range: ByteRange,
  {
    faults,
    sectorBytes,
    signal,
  }: { readonly faults: Faults; readonly sectorBytes: number; readonly signal: AbortSignal },
  io: (piece: ByteRange) => Promise<void>,
): Promise<number> {
  if (await faults.attempt(() => io(range))) return 0;
  const length = range.end - range.start;
  if (length <= sectorBytes) {
    faults.add(range);
    return length;
  }
  const pieceBytes = smaller.find((bytes) => bytes < length && bytes > sectorBytes) ?? sectorBytes;
  let bad = 0;
  for (let start = range.start; start < range.end; start += pieceBytes) {
    signal.throwIfAborted();
    const piece = { start, end: Math.min(range.end, start + pieceBytes) };
    bad += await inPieces(piece, { faults, sectorBytes, signal }, io);
  }
  return bad;
}

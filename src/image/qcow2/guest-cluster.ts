import type { ExtentCollector } from './collect-extents.ts';
import type { Geometry } from './geometry.ts';
import { InvalidQcow2Error } from './invalid-qcow2-error.ts';

/** One entry of an L2 table, and for whom it stands. */
export interface L2Entry {
  readonly guestOffset: number;
  readonly high: number;
  readonly low: number;
  /** Of an extended entry: which subclusters are allocated, and which read as zero. */
  readonly allocated: number;
  readonly zero: number;
}

/** Adds what the guest can see of `length` bytes that are in the image as they are. */
export function addData(
  into: ExtentCollector,
  { sourceBytes, virtualBytes }: Geometry,
  offset: number,
  guestOffset: number,
  length: number,
): void {
  if (guestOffset >= virtualBytes) throw bad(guestOffset, `lies beyond the virtual size of ${virtualBytes}`);
  if (offset >= sourceBytes)
    throw bad(guestOffset, `at byte ${offset} lies beyond the end of the image (${sourceBytes})`);
  // QEMU leaves the end of the last cluster out of the file, which then reads as zero.
  into.addData(offset, guestOffset, Math.min(length, virtualBytes - guestOffset, sourceBytes - offset));
}

/** An error about one cluster, which names it. */
export function bad(guestOffset: number, problem: string): InvalidQcow2Error {
  return new InvalidQcow2Error(`the cluster of guest byte ${guestOffset} ${problem}`);
}

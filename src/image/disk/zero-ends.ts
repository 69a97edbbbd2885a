import { zeroRanges } from '../../storage/erase/zero-ranges.ts';
import type { DiskTarget } from './disk-target.ts';
import { createHeldBack } from './held-back.ts';

/** Zeroes what will be held back, so that the device shows nothing until it is written. */
export async function zeroEnds(target: DiskTarget): Promise<void> {
  const { head, tail } = createHeldBack(target);
  const ranges = [head, tail].map(({ offset, bytes }) => ({ start: offset, end: offset + bytes.length }));
  await zeroRanges(target.handle, ranges);
}

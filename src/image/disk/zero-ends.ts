import type { DiskTarget } from '../../storage/device-io/disk-target.ts';
import { zeroRanges } from '../../storage/erase/metadata/zero-ranges.ts';
import { heldRanges } from './held-back.ts';

/** Zeroes what will be held back, so that the device shows nothing until it is written. */
export async function zeroEnds(target: DiskTarget): Promise<void> {
  await zeroRanges(target, Object.values(heldRanges(target)));
}

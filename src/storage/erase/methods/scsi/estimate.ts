import type { BlockDevice } from '../../../../core/block-device.ts';

/** Nobody knows before: rates that SAS disks have over all of their surface, in bytes per second. */
const assumedRates = { rotational: 180e6, solidState: 600e6 } as const;

/** Seconds in which a disk writes all of itself. */
export function estimateWriting({ sizeBytes, rotational }: BlockDevice): number {
  return Math.ceil(sizeBytes / assumedRates[rotational ? 'rotational' : 'solidState']);
}

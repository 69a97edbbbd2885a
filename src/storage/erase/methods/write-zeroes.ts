import { zeroRange } from '../../../tools/fallocate.ts';
import type { EraseMethod } from '../method.ts';
import { zeroedByDevice } from './zeroed-by-device.ts';

/** Seconds between two looks whether to stop, on a rotational disk. */
const usualStepBytes = 1024 ** 3;
/** What the medium takes: only the way to it is spared. */
const assumedRates = {
  rotational: { zeroing: 150e6, reading: 150e6 },
  solidState: { zeroing: 1e9, reading: 5e8 },
} as const;

/**
 * The device writes zeros over everything by itself: WRITE SAME of SCSI (SBC-4), Write Zeroes of NVMe, the write-zeroes of virtio. The kernel
 * asks that nothing is unmapped by it (BLKDEV_ZERO_NOUNMAP, block/fops.c), so that, other than with a discard, the blocks stay allocated.
 */
export const writeZeroes: EraseMethod = createWriteZeroes();

/** The same with another length of its steps, for tests. */
export function createWriteZeroes(stepBytes = usualStepBytes): EraseMethod {
  return zeroedByDevice({
    name: 'write-zeroes',
    tool: 'fallocate',
    limit: 'queue/write_zeroes_max_bytes',
    stepBytes,
    supports: ({ writesZeroes }) =>
      writesZeroes
        ? { kind: 'supported', how: 'the kernel can have it write zeros by itself' }
        : { kind: 'unsupported', why: 'it has no command to write zeros by itself' },
    assumedRates: ({ device }) => assumedRates[device.rotational ? 'rotational' : 'solidState'],
    zero: (run, path, { start, end }) => zeroRange(run, path, start, end - start),
  });
}

import { discardRange } from '../../../tools/blkdiscard.ts';
import type { EraseMethod } from '../method.ts';
import { zeroedByDevice } from './zeroed-by-device.ts';

const usualStepBytes = 4 * 1024 ** 3;
/** Of solid-state drives. */
const assumedRates = { zeroing: 5e9, reading: 5e8 } as const;

/**
 * Everything is discarded (UNMAP, TRIM, Deallocate), where the device guarantees that discarded blocks read as zero. The data stays on the
 * medium until the drive collects its garbage, so a laboratory may find it.
 */
export const discard: EraseMethod = createDiscard();

/** The same with another length of its steps, for tests. */
export function createDiscard(stepBytes = usualStepBytes): EraseMethod {
  return zeroedByDevice({
    name: 'discard',
    tool: 'blkdiscard',
    limit: 'queue/discard_max_bytes',
    stepBytes,
    supports: ({ probe }) =>
      probe.zerosAfterDiscard
        ? { kind: 'supported', how: 'it guarantees that discarded blocks read as zero' }
        : { kind: 'unsupported', why: 'it does not guarantee that discarded blocks read as zero' },
    assumedRates: () => assumedRates,
    zero: (run, path, { start, end }) => discardRange(run, path, { offsetBytes: start, lengthBytes: end - start }),
  });
}

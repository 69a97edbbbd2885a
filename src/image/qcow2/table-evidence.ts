import { createHash } from 'node:crypto';
import { sortOrder } from './sort-order.ts';

/** Header and tables as they were when the plan was made, in the order of the source. */
export interface TableEvidence {
  readonly count: number;
  readonly offsets: Float64Array;
  readonly lengths: Uint32Array;
  /** SHA-256 of each, one behind the other. */
  readonly digests: Uint8Array;
}

/** SHA-256. */
export const digestBytes = 32;

export interface EvidenceCollector {
  add(offset: number, bytes: Uint8Array): void;
  finish(): TableEvidence;
}

/** For at most `capacity` tables. */
export function createEvidenceCollector(capacity: number): EvidenceCollector {
  const offsets = new Float64Array(capacity);
  const lengths = new Uint32Array(capacity);
  const digests = new Uint8Array(capacity * digestBytes);
  let count = 0;
  return {
    add(offset, bytes) {
      offsets[count] = offset;
      lengths[count] = bytes.length;
      digests.set(createHash('sha256').update(bytes).digest(), count * digestBytes);
      count += 1;
    },
    finish() {
      const order = sortOrder(offsets.subarray(0, count));
      const sorted = new Uint8Array(count * digestBytes);
      order.forEach((from, to) => {
        sorted.set(digests.subarray(from * digestBytes, (from + 1) * digestBytes), to * digestBytes);
      });
      return {
        count,
        offsets: Float64Array.from(order, (from) => offsets[from] ?? 0),
        lengths: Uint32Array.from(order, (from) => lengths[from] ?? 0),
        digests: sorted,
      };
    },
  };
}

/** One digest for all of them, in hex: the same tables at the same places have the same. */
export function evidenceDigest({ offsets, lengths, digests }: TableEvidence): string {
  return createHash('sha256').update(offsets).update(lengths).update(digests).digest('hex');
}

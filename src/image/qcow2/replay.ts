import { isCompressedLength } from './extents.ts';
import type { Qcow2Plan } from './plan.ts';

/** Where the next bytes of the source can be had again: on the device, at `guestOffset`, or only at the source. */
export type ReplaySegment =
  | { readonly kind: 'device'; readonly guestOffset: number; readonly length: number }
  | { readonly kind: 'source'; readonly offset: number; readonly length: number };

/**
 * Covers the source from 0 to `upTo`, in order and without a gap: data that was written as it is can be read back from the
 * device; tables, compressed clusters and what belongs to nobody must come from the source again.
 */
export function* replaySegments({ extents }: Qcow2Plan, upTo: number): Generator<ReplaySegment> {
  let at = 0;
  for (let index = 0; index < extents.count; index += 1) {
    const start = extents.sourceOffsets[index] ?? 0;
    if (start >= upTo) break;
    const length = extents.lengths[index] ?? 0;
    if (isCompressedLength(length)) continue;
    if (start > at) yield { kind: 'source', offset: at, length: start - at };
    const end = Math.min(start + length, upTo);
    yield { kind: 'device', guestOffset: extents.guestOffsets[index] ?? 0, length: end - start };
    at = end;
  }
  if (at < upTo) yield { kind: 'source', offset: at, length: upTo - at };
}

import { extentAt, firstEndingAfter } from './extents.ts';
import type { Qcow2Plan } from './plan.ts';

/** Where a resumed run begins to write within a run of data: whole sectors of every disk. */
const alignmentBytes = 4096;

/**
 * The last offset at or before `offset` from which a decoder can go on when all that lies before `offset` in the source was
 * written: not within a compressed cluster, not within a table, at a sector within data.
 */
export function safeResumeOffset(plan: Qcow2Plan, offset: number): number {
  if (offset >= plan.sourceBytes) return plan.sourceBytes;
  const safe = startOfTable(plan, offset);
  const index = firstEndingAfter(plan.extents, safe);
  if (index === plan.extents.count) return safe;
  const { sourceOffset, isCompressed } = extentAt(plan.extents, index);
  if (sourceOffset >= safe) return safe;
  return isCompressed ? sourceOffset : safe - ((safe - sourceOffset) % alignmentBytes);
}

function startOfTable({ tables }: Qcow2Plan, offset: number): number {
  let [low, high] = [0, tables.count];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((tables.offsets[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  const start = tables.offsets[low - 1];
  return start !== undefined && start + (tables.lengths[low - 1] ?? 0) > offset ? start : offset;
}

/** Bytes `start` to `end` of a device; `end` is not part of it. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The same bytes in as few ranges as possible, in order, cut to a device of the given size and widened to whole sectors. */
export function mergeRanges(
  ranges: readonly ByteRange[],
  device: { readonly sizeBytes: number; readonly sectorBytes: number },
): readonly ByteRange[] {
  const { sizeBytes, sectorBytes } = device;
  const merged: ByteRange[] = [];
  const sorted = ranges
    .map(({ start, end }) => ({
      start: Math.floor(Math.max(0, start) / sectorBytes) * sectorBytes,
      end: Math.min(sizeBytes, Math.ceil(end / sectorBytes) * sectorBytes),
    }))
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start);
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last && range.start <= last.end) merged[merged.length - 1] = { ...last, end: Math.max(last.end, range.end) };
    else merged.push(range);
  }
  return merged;
}

/** Sectors of a disk, both ends included. */
export interface SectorRange {
  readonly first: number;
  readonly last: number;
}

/** What of `usable` is not in `used`, in order. The used ranges may overlap and lie anywhere. */
export function freeRanges(usable: SectorRange, used: readonly SectorRange[]): readonly SectorRange[] {
  const free: SectorRange[] = [];
  let next = usable.first;
  for (const { first, last } of used.toSorted((a, b) => a.first - b.first)) {
    if (first > next) free.push({ first: next, last: Math.min(first - 1, usable.last) });
    next = Math.max(next, last + 1);
  }
  if (next <= usable.last) free.push({ first: next, last: usable.last });
  return free.filter(({ first, last }) => first <= last);
}

export interface Wanted {
  /** Sectors that it should have, if there are so many together. */
  readonly sectors: number;
  /** Sectors that it has to have. */
  readonly least: number;
  /** It begins at a multiple of so many sectors. */
  readonly alignment: number;
}

/**
 * A place at the end of the disk, or where there is too little room, at the end of the largest free range. It reaches to the
 * end of that range and may be up to one alignment larger than wanted. Null where there is no room.
 */
export function placeAtEnd(free: readonly SectorRange[], diskEnd: number, wanted: Wanted): SectorRange | null {
  const { sectors, least, alignment } = wanted;
  const room = ({ first, last }: SectorRange) => last + 1 - Math.ceil(first / alignment) * alignment;
  const atEnd = free.find(({ last }) => last === diskEnd);
  const [largest] = free.toSorted((a, b) => room(b) - room(a));
  const range = atEnd && room(atEnd) >= sectors ? atEnd : largest;
  if (!range || room(range) < least) return null;
  const size = Math.min(sectors, room(range));
  return { first: Math.floor((range.last + 1 - size) / alignment) * alignment, last: range.last };
}

import { crc32 } from 'node:zlib';
import { type Extent, type ExtentRecord, extentBytes } from './extent-record.ts';

/** `full` checks every extent, `sample` one in a hundred. */
export type VerifyMode = 'sample' | 'full';

/** What is to be read back, ascending and without overlap, nothing longer than `extentBytes`. */
export interface VerifyPlan {
  readonly checks: Iterable<Extent>;
  /** Bytes in `checks`. */
  readonly checkedBytes: number;
  /** Extents that could be checked in all. */
  readonly extentCount: number;
  /** Bytes that cannot be checked: of extents of which a part was written over later, what is left. */
  readonly uncheckedBytes: number;
}

const sampledShare = 1 / 100;
const leastSample = 64;

/**
 * Plans the read-back: full, or a sample of 1 % but at least 64 extents, spread evenly, with the first and the last; which ones
 * depends on `seed` alone, so that a run can be repeated. Pure.
 */
export function planVerify(record: ExtentRecord, mode: VerifyMode, seed: string): VerifyPlan {
  const places = findPlaces(record);
  const tally = { uncheckedBytes: 0 };
  let extentCount = 0;
  let bytes = 0;
  for (const { length } of checkable(record, places, tally)) {
    extentCount += 1;
    bytes += length;
  }
  const { uncheckedBytes } = tally;
  const size = Math.max(leastSample, Math.ceil(extentCount * sampledShare));
  if (mode === 'full' || size >= extentCount) {
    const checks = { [Symbol.iterator]: () => checkable(record, places, { uncheckedBytes: 0 }) };
    return { checks, checkedBytes: bytes, extentCount, uncheckedBytes };
  }
  const checks = [...pick(checkable(record, places, { uncheckedBytes: 0 }), drawPlaces(extentCount, size, seed))];
  const checkedBytes = checks.reduce((sum, { length }) => sum + length, 0);
  return { checks, checkedBytes, extentCount, uncheckedBytes };
}

/** The entries by their place on the device; typed arrays, since there may be a million. */
interface Places {
  /** Index of the entry that begins first, then of the next one, ... */
  readonly order: Uint32Array;
  /** By the index of an entry. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

function findPlaces(record: ExtentRecord): Places {
  const starts = new Float64Array(record.count);
  const ends = new Float64Array(record.count);
  let isAscending = true;
  for (let index = 0; index < record.count; index += 1) {
    const { offset, length } = record.at(index);
    if (index > 0 && offset < (starts[index - 1] ?? 0)) isAscending = false;
    starts[index] = offset;
    ends[index] = offset + length;
  }
  const order = Uint32Array.from(starts, (_, index) => index);
  if (!isAscending) order.sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
  return { order, starts, ends };
}

interface Span {
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/** The extents that the device must show: each data extent whole or not at all, zeros as far as they are not covered. */
function* checkable(record: ExtentRecord, places: Places, tally: { uncheckedBytes: number }): Generator<Extent> {
  for (const { index, from, to } of visible(places)) {
    const extent = record.at(index);
    if (extent.crc === null) yield* zeroExtents(from, to);
    else if (to - from === extent.length) yield extent;
    else tally.uncheckedBytes += to - from;
  }
}

function* zeroExtents(from: number, to: number): Generator<Extent> {
  for (let offset = from; offset < to; ) {
    const length = Math.min(to - offset, extentBytes - (offset % extentBytes));
    yield { offset, length, crc: null };
    offset += length;
  }
}

/** What can be seen of each entry where later ones lie over earlier ones, ascending; neighbours of one entry are joined. */
function* visible(places: Places): Generator<Span> {
  let open: Span = { index: -1, from: 0, to: 0 };
  for (const { index, from, to } of topmost(places)) {
    if (open.index === index && open.to === from) {
      open = { index, from: open.from, to };
      continue;
    }
    if (open.index >= 0) yield open;
    open = { index, from, to };
  }
  if (open.index >= 0) yield open;
}

function* topmost({ order, starts, ends }: Places): Generator<Span> {
  const startOf = (place: number): number => starts[order[place] ?? -1] ?? Number.POSITIVE_INFINITY;
  let active: number[] = [];
  let next = 0;
  let at = 0;
  while (active.length > 0 || next < order.length) {
    if (active.length === 0) at = startOf(next);
    for (; startOf(next) <= at; next += 1) active.push(order[next] ?? 0);
    const index = active.reduce((top, candidate) => Math.max(top, candidate));
    const to = Math.min(ends[index] ?? at, startOf(next));
    yield { index, from: at, to };
    at = to;
    active = active.filter((candidate) => (ends[candidate] ?? 0) > at);
  }
}

/** `size` of the numbers below `count`, ascending: one of each of as many equal shares, the first and the last for certain. */
function* drawPlaces(count: number, size: number, seed: string): Generator<number> {
  const random = createRandom(crc32(seed));
  for (let share = 0; share < size; share += 1) {
    const from = Math.floor((share * count) / size);
    const to = Math.floor(((share + 1) * count) / size);
    const drawn = from + Math.floor(random() * (to - from));
    yield share === 0 ? 0 : share === size - 1 ? count - 1 : drawn;
  }
}

function* pick(extents: Iterable<Extent>, wanted: Generator<number>): Generator<Extent> {
  let { value: place } = wanted.next();
  let index = 0;
  for (const extent of extents) {
    if (index === place) {
      yield extent;
      ({ value: place } = wanted.next());
    }
    index += 1;
  }
}

/** Marsaglia's xorshift32: numbers from 0 to below 1 that look random and come back for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A part of some bytes that is all zero, or that is not. */
export interface Run {
  readonly start: number;
  /** Not included. */
  readonly end: number;
  readonly isZero: boolean;
}

/** Unit in which zeros are looked for: a page, and the sector of the largest kind of disk. */
const pageBytes = 4096;
/** A shorter run of zeros is written along: leaving it out would cost more writes than it saves. */
const shortestZeroRun = 4 * pageBytes;

const zeroPage = Buffer.alloc(pageBytes);

/**
 * Divides bytes into runs, in order and without a gap. `offset` is the place of the first byte on the device: runs begin and end
 * at its pages, but for the first and the last.
 */
export function findRuns(bytes: Uint8Array, offset: number): readonly Run[] {
  const runs: Run[] = [];
  let dataFrom = 0;
  let zeroFrom: number | null = null;
  const end = bytes.length;
  const close = (at: number): void => {
    if (zeroFrom === null) return;
    if (at - zeroFrom >= shortestZeroRun || (zeroFrom === 0 && at === end)) {
      if (zeroFrom > dataFrom) runs.push({ start: dataFrom, end: zeroFrom, isZero: false });
      runs.push({ start: zeroFrom, end: at, isZero: true });
      dataFrom = at;
    }
    zeroFrom = null;
  };
  for (let at = 0; at < end; ) {
    const next = Math.min(end, at + pageBytes - ((offset + at) % pageBytes));
    if (isZero(bytes, at, next)) zeroFrom ??= at;
    else close(at);
    at = next;
  }
  close(end);
  if (dataFrom < end) runs.push({ start: dataFrom, end, isZero: false });
  return runs;
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  // Nearly every page that is not zero shows it in its first byte or in the middle; memcmp(3) decides on the rest.
  if (bytes[start] !== 0 || bytes[(start + end) >> 1] !== 0) return false;
  return zeroPage.compare(bytes, start, end, 0, end - start) === 0;
}

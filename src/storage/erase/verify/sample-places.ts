import type { ByteRange } from '../../device-io/byte-range.ts';

const mebibyte = 1024 * 1024;

export interface SamplePlan {
  /** The first and the last so many bytes are always among the places. */
  readonly endBytes: number;
  /** What lies between is divided in so many sections; in fewer where the device is small. */
  readonly sections: number;
  /** Length of each of the two places in a section. */
  readonly placeBytes: number;
}

export const usualSample: SamplePlan = { endBytes: mebibyte, sections: 1000, placeBytes: 8192 };

/**
 * Places to look at, ascending, whole sectors, without overlap: both ends, and two in each of the sections, as NIST SP 800-88
 * Rev. 1 section 4.7 lays out a representative sample (which takes two times 5 % of a section; here it is a few KiB, and the check
 * says how many). `random` gives a whole number from 0, less than its argument. Pure but for it.
 */
export function findSamplePlaces(
  sizeBytes: number,
  sectorBytes: number,
  random: (below: number) => number,
  plan: SamplePlan = usualSample,
): readonly ByteRange[] {
  const inSectors = (bytes: number): number => Math.ceil(bytes / sectorBytes);
  const end = Math.floor(sizeBytes / sectorBytes);
  const head = inSectors(plan.endBytes);
  const place = inSectors(plan.placeBytes);
  const middle = end - 2 * head;
  const sections = Math.min(plan.sections, Math.floor(middle / (2 * place)));
  if (sections < 1) return [{ start: 0, end: end * sectorBytes }];
  const places = [{ start: 0, end: head }];
  for (let section = 0; section < sections; section += 1) {
    const from = head + Math.floor((section * middle) / sections);
    const to = head + Math.floor(((section + 1) * middle) / sections);
    const room = to - from - 2 * place + 1;
    const [first = 0, second = 0] = [random(room), random(room)].sort((a, b) => a - b);
    places.push({ start: from + first, end: from + first + place });
    places.push({ start: from + second + place, end: from + second + 2 * place });
  }
  places.push({ start: end - head, end });
  return places.map((range) => ({ start: range.start * sectorBytes, end: range.end * sectorBytes }));
}

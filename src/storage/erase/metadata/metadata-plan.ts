import { type ByteRange, mergeRanges } from '../../device-io/byte-range.ts';
import { fixedPlaces } from './fixed-places.ts';
import type { MetadataSurvey } from './survey.ts';

/** One partition, or the disk, and what becomes zero on it; all in bytes of the disk, in whole sectors. */
export interface MetadataErase {
  /** `partition 3`, or `disk`. */
  readonly name: string;
  readonly region: ByteRange;
  readonly zero: readonly ByteRange[];
}

/**
 * The order and the places of a metadata erase: the partitions before the disk that they lie on (the last one first), because
 * nobody finds a partition any more once the table is gone. Pure.
 */
export function planMetadataErase(
  disk: { readonly sizeBytes: number; readonly sectorBytes: number },
  survey: MetadataSurvey,
): readonly MetadataErase[] {
  const whole = { start: 0, end: disk.sizeBytes };
  const lastFirst = survey.partitions.toSorted((a, b) => b.number - a.number || b.start - a.start);
  return [
    ...lastFirst.map(({ number, start, end, pointed }) => ({
      name: `partition ${number}`,
      region: { start, end },
      zero: mergeRanges([...placesWithin({ start, end }), ...pointed], disk),
    })),
    { name: 'disk', region: whole, zero: mergeRanges([...placesWithin(whole), ...survey.pointed], disk) },
  ];
}

/** Bytes that the plan writes. */
export function plannedBytes(plan: readonly MetadataErase[]): number {
  return plan.flatMap(({ zero }) => zero).reduce((sum, { start, end }) => sum + end - start, 0);
}

function placesWithin(region: ByteRange): readonly ByteRange[] {
  return fixedPlaces(region.end - region.start)
    .map(({ start, end }) => ({
      start: region.start + Math.max(0, start),
      end: Math.min(region.end, region.start + end),
    }))
    .filter(({ start, end }) => start < end);
}

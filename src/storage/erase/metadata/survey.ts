import type { RunTool } from '../../../core/tool.ts';
import { readTable } from '../../../tools/partx.ts';
import type { ByteRange } from '../../device-io/byte-range.ts';
import type { DiskTarget } from '../../device-io/disk-target.ts';
import { findBootRecords } from './boot-records.ts';
import { findGptCopies } from './gpt-copies.ts';
import { headBytes, placesInHead, placesInTail, tailBytes } from './pointed-places.ts';
import { type ReadRange, readerOf } from './read-disk.ts';
import type { TableRegion } from './region.ts';

/** A partition within the disk, and what its superblocks point to; all in bytes of the disk. */
export interface SurveyedPartition extends TableRegion {
  readonly pointed: readonly ByteRange[];
}

/** What a disk says of the places of its metadata. */
export interface MetadataSurvey {
  readonly partitions: readonly SurveyedPartition[];
  /** Tables, boot records, and what superblocks on the whole disk point to. */
  readonly pointed: readonly ByteRange[];
}

/** A hostile table must not make an erase of metadata last for hours. */
const mostPartitions = 512;

/**
 * Finds out, by reading alone, where metadata lies: on the disk, and on every partition that any table tells of or the kernel knew
 * (`known`), whether or not there is a device for it. Throws DeviceReadError, ToolError.
 */
export async function surveyMetadata(
  target: DiskTarget,
  run: RunTool,
  known: readonly TableRegion[] = [],
): Promise<MetadataSurvey> {
  const read = readerOf(target);
  const seen = (await readTable(run, target.path)).map(({ number, startBytes, sizeBytes }) => ({
    number,
    start: startBytes,
    end: startBytes + sizeBytes,
  }));
  const records = await findBootRecords(read, target.sectorBytes);
  const gpts = await findGptCopies(read, target, records.lastLbas);
  const regions = [...known, ...seen, ...records.regions, ...gpts.regions];
  const partitions: SurveyedPartition[] = [];
  for (const region of distinctWithin(regions, target.sizeBytes)) {
    partitions.push({ ...region, pointed: await pointedFrom(read, region) });
  }
  const whole = await pointedFrom(read, { start: 0, end: target.sizeBytes });
  return { partitions, pointed: [...records.ranges, ...gpts.ranges, ...whole] };
}

/** What begins beyond the disk is nonsense; what ends beyond it is cut, for the disk may have been larger once. */
function distinctWithin(regions: readonly TableRegion[], sizeBytes: number): readonly TableRegion[] {
  const byPlace = new Map<string, TableRegion>();
  for (const { number, start, end } of regions) {
    const region = { number, start, end: Math.min(end, sizeBytes) };
    const place = `${region.start}-${region.end}`;
    if (region.start > 0 && region.start < region.end && !byPlace.has(place)) byPlace.set(place, region);
  }
  return [...byPlace.values()].slice(0, mostPartitions);
}

async function pointedFrom(read: ReadRange, { start, end }: ByteRange): Promise<readonly ByteRange[]> {
  const sizeBytes = end - start;
  const head = await read({ start, end: start + Math.min(headBytes, sizeBytes) });
  const tail = await read({ start: end - Math.min(tailBytes, sizeBytes), end });
  const whole = Buffer.concat([head], headBytes);
  return [...placesInHead(whole), ...placesInTail(tail, sizeBytes)].flatMap((place) => {
    const range = { start: start + place.start, end: Math.min(end, start + place.end) };
    return range.start < range.end ? [range] : [];
  });
}

import { type Extents, isCompressedLength, unpackLength } from './extents.ts';
import type { Geometry } from './geometry.ts';
import type { Qcow2Header } from './header.ts';
import { InvalidQcow2Error } from './invalid-qcow2-error.ts';

/** A part of the image that is no data. */
interface Region {
  readonly name: string;
  readonly start: number;
  /** Not included. */
  readonly end: number;
}

const sectorBytes = 512;

/** Throws InvalidQcow2Error where two of header, L1, refcount and snapshot table share a cluster. */
export function checkFixedOverlaps(header: Qcow2Header, geometry: Geometry): void {
  const regions = fixedRegions(header, geometry);
  regions.forEach((region, index) => {
    for (const other of regions.slice(index + 1)) refuseShared(region, other);
  });
}

/** Throws InvalidQcow2Error where two L2 tables share a cluster, or one with another table. `tableOffsets` ascend. */
export function checkTableOverlaps(header: Qcow2Header, geometry: Geometry, tableOffsets: Float64Array): void {
  const regions = fixedRegions(header, geometry);
  tableOffsets.forEach((start, index) => {
    const table = l2Region(start, geometry);
    if (tableOffsets[index + 1] === start) throw new InvalidQcow2Error(`two L1 entries point to the ${table.name}`);
    for (const region of regions) refuseShared(region, table);
  });
}

/** Throws InvalidQcow2Error where data lies on a table or two guest clusters lie on the same bytes. */
export function checkDataOverlaps(
  header: Qcow2Header,
  geometry: Geometry,
  tableOffsets: Float64Array,
  extents: Extents,
): void {
  const regions = fixedRegions(header, geometry);
  let table = 0;

  function refuseOnTable(index: number): void {
    const [start, end] = [startAt(extents, index), endAt(extents, index)];
    const region = regions.find((fixed) => fixed.start < end && start < fixed.end);
    if (region) refuseShared(region, dataRegion(extents, index));
    while (table < tableOffsets.length && (tableOffsets[table] ?? 0) + geometry.clusterBytes <= start) table += 1;
    const next = tableOffsets[table];
    if (next !== undefined && next < end) refuseShared(l2Region(next, geometry), dataRegion(extents, index));
  }

  for (let index = 0; index < extents.count; index += 1) {
    refuseOnTable(index);
    if (index > 0 && !areApart(extents, index, geometry)) refuseNeighbours(extents, index);
  }
}

/** Whether an entry and the one before it may both be. */
function areApart(extents: Extents, index: number, { clusterBytes }: Geometry): boolean {
  const [start, end] = [startAt(extents, index), endAt(extents, index - 1)];
  const [isCompressed, wasCompressed] = [isCompressedAt(extents, index), isCompressedAt(extents, index - 1)];
  if (isCompressed && wasCompressed) {
    // The length of a compressed cluster is in sectors, and the next one may begin in the last of them.
    return start > startAt(extents, index - 1) && start >= end - 1 - ((end - 1) % sectorBytes);
  }
  if (start < end) return false;
  if (isCompressed || wasCompressed) return true;
  // Subclusters of one cluster are several extents, but only one guest cluster may use it.
  const share = Math.floor((end - 1) / clusterBytes) === Math.floor(start / clusterBytes);
  return !share || delta(extents, index) === delta(extents, index - 1);
}

function fixedRegions(header: Qcow2Header, { clusterBytes }: Geometry): Region[] {
  const region = (name: string, start: number, length: number): Region => ({
    name,
    start,
    end: start + Math.ceil(length / clusterBytes) * clusterBytes,
  });
  const regions = [
    region('header', 0, clusterBytes),
    region('L1 table', header.l1Offset, header.l1Entries * 8),
    region('refcount table', header.refcountTableOffset, header.refcountTableClusters * clusterBytes),
  ];
  return header.snapshotCount > 0 ? [...regions, region('snapshot table', header.snapshotsOffset, 1)] : regions;
}

function l2Region(start: number, { clusterBytes }: Geometry): Region {
  return { name: `L2 table at byte ${start}`, start, end: start + clusterBytes };
}

function dataRegion(extents: Extents, index: number): Region {
  const name = `data of guest byte ${extents.guestOffsets[index] ?? 0}`;
  return { name, start: startAt(extents, index), end: endAt(extents, index) };
}

function startAt(extents: Extents, index: number): number {
  return extents.sourceOffsets[index] ?? 0;
}

function endAt(extents: Extents, index: number): number {
  return startAt(extents, index) + unpackLength(extents.lengths[index] ?? 0);
}

function isCompressedAt(extents: Extents, index: number): boolean {
  return isCompressedLength(extents.lengths[index] ?? 0);
}

function delta(extents: Extents, index: number): number {
  return (extents.guestOffsets[index] ?? 0) - startAt(extents, index);
}

function refuseNeighbours(extents: Extents, index: number): never {
  const [first, second] = [dataRegion(extents, index - 1), dataRegion(extents, index)];
  throw new InvalidQcow2Error(`the ${first.name} and the ${second.name} lie on the same bytes, ${second.start} on`);
}

function refuseShared(one: Region, other: Region): void {
  if (one.start >= other.end || other.start >= one.end) return;
  throw new InvalidQcow2Error(`the ${one.name} and the ${other.name} lie on the same bytes`);
}

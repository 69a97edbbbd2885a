import type { ImageObject } from '../stream/image-object.ts';
import { checkDataOverlaps, checkFixedOverlaps, checkTableOverlaps } from './check-overlaps.ts';
import { createExtentCollector } from './collect-extents.ts';
import { type Extents, isCompressedLength } from './extents.ts';
import { geometryOf } from './geometry.ts';
import { readL1Table } from './l1-table.ts';
import { mapL2Table } from './l2-table.ts';
import { readHeader } from './read-header.ts';
import { readTables } from './read-tables.ts';
import { createEvidenceCollector, type TableEvidence } from './table-evidence.ts';

export type CompressionType = 'zlib' | 'zstd';

/** All that must be known before the image is read once, in order. What no extent covers reads as zero. */
export interface Qcow2Plan {
  readonly sourceBytes: number;
  readonly virtualBytes: number;
  readonly clusterBytes: number;
  readonly compressionType: CompressionType;
  readonly hasCompressedClusters: boolean;
  readonly extents: Extents;
  /** Header, L1 and L2 tables as they were, to compare when they pass by. */
  readonly tables: TableEvidence;
}

/** Header and L1 table. */
const fixedTables = 2;

/**
 * Reads header, L1 and active L2 tables of an object with random access and of known size, and checks that the map is sound.
 * Needs memory for the map and a few requests' worth of tables, nothing else. Throws InvalidQcow2Error, DiskTooSmallError where
 * the virtual size is more than `targetBytes`, and what the object throws.
 */
export async function planQcow2(object: ImageObject, limits: { readonly targetBytes: number }): Promise<Qcow2Plan> {
  const { sizeBytes: sourceBytes } = object;
  if (sourceBytes === null) throw new Error('a qcow2 image of unknown size cannot be planned');
  const { header, bytes } = await readHeader(object, sourceBytes, limits.targetBytes);
  const geometry = geometryOf(header, sourceBytes);
  checkFixedOverlaps(header, geometry);
  const l1 = await readL1Table(object, header, geometry);
  checkTableOverlaps(header, geometry, l1.tableOffsets);

  const evidence = createEvidenceCollector(fixedTables + l1.tableOffsets.length);
  evidence.add(0, bytes);
  evidence.add(header.l1Offset, l1.bytes);
  const collector = createExtentCollector();
  await readTables(object, l1.tableOffsets, geometry.clusterBytes, (index, table) => {
    evidence.add(l1.tableOffsets[index] ?? 0, table);
    mapL2Table(table, l1.guestStarts[index] ?? 0, geometry, collector);
  });
  const extents = collector.finish();
  checkDataOverlaps(header, geometry, l1.tableOffsets, extents);
  return {
    sourceBytes,
    virtualBytes: geometry.virtualBytes,
    clusterBytes: geometry.clusterBytes,
    compressionType: header.compressionType === 1 ? 'zstd' : 'zlib',
    hasCompressedClusters: extents.lengths.some(isCompressedLength),
    extents,
    tables: evidence.finish(),
  };
}

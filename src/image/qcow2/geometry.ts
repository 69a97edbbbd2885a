import { hasExtendedL2 } from './check-header.ts';
import type { Qcow2Header } from './header.ts';

/** Sizes that decide how the map is read. */
export interface Geometry {
  readonly version: number;
  readonly clusterBits: number;
  readonly clusterBytes: number;
  readonly hasSubclusters: boolean;
  readonly l2EntryBytes: number;
  /** Guest bytes that one L2 table maps. */
  readonly tableSpanBytes: number;
  readonly virtualBytes: number;
  readonly sourceBytes: number;
}

/** Of a header that the checks have accepted, in an image of so many bytes. */
export function geometryOf(header: Qcow2Header, sourceBytes: number): Geometry {
  const { version, clusterBits, virtualBytes } = header;
  const clusterBytes = 2 ** clusterBits;
  const hasSubclusters = hasExtendedL2(header);
  const l2EntryBytes = hasSubclusters ? 16 : 8;
  const tableSpanBytes = (clusterBytes / l2EntryBytes) * clusterBytes;
  return {
    version,
    clusterBits,
    clusterBytes,
    hasSubclusters,
    l2EntryBytes,
    tableSpanBytes,
    virtualBytes,
    sourceBytes,
  };
}

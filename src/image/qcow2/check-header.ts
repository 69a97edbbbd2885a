import { DiskTooSmallError } from '../disk/disk-too-small-error.ts';
import { headerBytesV3, type Qcow2Header } from './header.ts';
import { InvalidQcow2Error } from './invalid-qcow2-error.ts';
import { clusterBitsRange, extendedMinClusterBits, maxL1Bytes, maxRefcountTableBytes, maxSnapshots } from './limits.ts';

/** Incompatible features, by bit. */
const incompatible = { dirty: 0, corrupt: 1, dataFile: 2, compressionType: 3, extendedL2: 4 } as const;

const sectorBytes = 512;

/** Refuses a header whose sizes nothing else can be derived from; called first. */
export function checkSizes(header: Qcow2Header): void {
  const { clusterBits, headerBytes, version } = header;
  refuseIf(
    clusterBits < clusterBitsRange.min || clusterBits > clusterBitsRange.max,
    `cluster_bits is ${clusterBits}; ${clusterBitsRange.min} to ${clusterBitsRange.max} are possible`,
  );
  refuseIf(
    version === 3 && (headerBytes < headerBytesV3 || headerBytes % 8 !== 0 || headerBytes > 2 ** clusterBits),
    `header_length is ${headerBytes}; a multiple of 8 from ${headerBytesV3} to the cluster size is possible`,
  );
}

/** Refuses, by name, what the image needs and Ironhand does not do. `names` are the image's own for its feature bits. */
export function checkFeatures(header: Qcow2Header, names: ReadonlyMap<number, string>): void {
  const { incompatibleBits: bits, cryptMethod, compressionType } = header;
  const unknown = bits.filter((bit) => bit > incompatible.extendedL2);
  const called = (bit: number): string => (names.has(bit) ? `${bit} (${names.get(bit)})` : `${bit}`);
  refuseIf(unknown.length > 0, `needs unknown incompatible features: bit ${unknown.map(called).join(', ')}`);
  refuseIf(bits.includes(incompatible.dirty), 'is marked dirty: it was not closed after its last use');
  refuseIf(bits.includes(incompatible.corrupt), 'is marked corrupt');
  refuseIf(bits.includes(incompatible.dataFile), 'keeps its data in an external data file');
  refuseIf(header.backingFileOffset !== 0, 'has a backing file');
  refuseIf(cryptMethod !== 0, `is encrypted (${['', 'AES', 'LUKS'][cryptMethod] ?? `method ${cryptMethod}`})`);
  const hasOtherType = bits.includes(incompatible.compressionType);
  refuseIf(
    hasOtherType !== (compressionType !== 0) || compressionType > 1,
    `compression type is ${compressionType}, and its feature bit ${hasOtherType ? '' : 'not '}set`,
  );
  refuseIf(
    bits.includes(incompatible.extendedL2) && header.clusterBits < extendedMinClusterBits,
    `extended L2 entries need clusters of 16 KiB, and cluster_bits is ${header.clusterBits}`,
  );
}

/** Refuses a virtual size that is none, or more than the disk has (DiskTooSmallError). */
export function checkVirtualSize({ virtualBytes }: Qcow2Header, targetBytes: number): void {
  refuseIf(virtualBytes === 0, 'has a virtual size of 0');
  if (virtualBytes > targetBytes) {
    throw new DiskTooSmallError({ path: 'the target', sizeBytes: targetBytes }, `a virtual size of ${virtualBytes}`);
  }
  refuseIf(virtualBytes % sectorBytes !== 0, `has a virtual size of ${virtualBytes}, which is not whole sectors`);
}

/** Refuses tables that lie where they cannot, or that have other sizes than the virtual size asks for. */
export function checkTables(header: Qcow2Header, sourceBytes: number): void {
  const clusterBytes = 2 ** header.clusterBits;
  const refcountBytes = header.refcountTableClusters * clusterBytes;
  refuseIf(header.refcountOrder > 6, `refcount_order is ${header.refcountOrder}; at most 6 is possible`);
  refuseIf(header.refcountTableClusters === 0, 'has no refcount table');
  refuseIf(refcountBytes > maxRefcountTableBytes, `the refcount table has ${refcountBytes} bytes, too many`);
  checkPlace('the refcount table', header.refcountTableOffset, refcountBytes);

  const l1Bytes = header.l1Entries * 8;
  refuseIf(l1Bytes > maxL1Bytes, `the L1 table has ${header.l1Entries} entries; ${maxL1Bytes / 8} are possible`);
  const needed = l1EntriesFor(header);
  refuseIf(
    header.l1Entries < needed,
    `the L1 table has ${header.l1Entries} entries, and a virtual size of ${header.virtualBytes} needs ${needed}`,
  );
  checkPlace('the L1 table', header.l1Offset, l1Bytes);

  refuseIf(header.snapshotCount > maxSnapshots, `has ${header.snapshotCount} snapshots, too many`);
  if (header.snapshotCount > 0) checkPlace('the snapshot table', header.snapshotsOffset, 1);

  function checkPlace(table: string, offset: number, length: number): void {
    refuseIf(offset % clusterBytes !== 0, `${table} at byte ${offset} does not begin at a cluster`);
    refuseIf(
      offset + length > sourceBytes,
      `${table} at byte ${offset} with ${length} bytes lies beyond the end of the image (${sourceBytes} bytes)`,
    );
  }
}

/** True where L2 entries have 16 bytes, with a bitmap of subclusters. */
export function hasExtendedL2({ incompatibleBits }: Qcow2Header): boolean {
  return incompatibleBits.includes(incompatible.extendedL2);
}

function l1EntriesFor(header: Qcow2Header): number {
  const clusterBytes = 2 ** header.clusterBits;
  const l2Entries = clusterBytes / (hasExtendedL2(header) ? 16 : 8);
  return Math.ceil(header.virtualBytes / clusterBytes / l2Entries);
}

function refuseIf(isSo: boolean, problem: string): void {
  if (isSo) throw new InvalidQcow2Error(problem);
}

import { InvalidQcow2Error } from './invalid-qcow2-error.ts';

/** Bytes of the fields that every version has, and of those that version 3 has at least. */
const headerBytesV2 = 72;
export const headerBytesV3 = 104;

/** The fields of the header as they stand in the image (QEMU docs/interop/qcow2.txt); offsets beyond 2^53 lose digits. */
export interface Qcow2Header {
  readonly version: number;
  readonly backingFileOffset: number;
  readonly clusterBits: number;
  readonly virtualBytes: number;
  readonly cryptMethod: number;
  readonly l1Entries: number;
  readonly l1Offset: number;
  readonly refcountTableOffset: number;
  readonly refcountTableClusters: number;
  readonly snapshotCount: number;
  readonly snapshotsOffset: number;
  /** Numbers of the bits that are set. */
  readonly incompatibleBits: readonly number[];
  readonly refcountOrder: number;
  readonly headerBytes: number;
  readonly compressionType: number;
}

const magic = 0x51_46_49_fb;

/** Reads the fields; throws InvalidQcow2Error only where there is no header of a known version. */
export function parseHeader(bytes: Uint8Array): Qcow2Header {
  if (bytes.length < headerBytesV2) throw new InvalidQcow2Error(`ends after ${bytes.length} bytes, within its header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== magic) throw new InvalidQcow2Error('does not begin with the magic number');
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) throw new InvalidQcow2Error(`has version ${version}; 2 and 3 are known`);
  return {
    version,
    backingFileOffset: uint64(view, 8),
    clusterBits: view.getUint32(20),
    virtualBytes: uint64(view, 24),
    cryptMethod: view.getUint32(32),
    l1Entries: view.getUint32(36),
    l1Offset: uint64(view, 40),
    refcountTableOffset: uint64(view, 48),
    refcountTableClusters: view.getUint32(56),
    snapshotCount: view.getUint32(60),
    snapshotsOffset: uint64(view, 64),
    ...(version === 2 ? fieldsOfV2 : fieldsOfV3(view)),
  };
}

type LaterFields = Pick<Qcow2Header, 'incompatibleBits' | 'refcountOrder' | 'headerBytes' | 'compressionType'>;

const fieldsOfV2: LaterFields = {
  incompatibleBits: [],
  refcountOrder: 4,
  headerBytes: headerBytesV2,
  compressionType: 0,
};

function fieldsOfV3(view: DataView): LaterFields {
  if (view.byteLength < headerBytesV3) {
    throw new InvalidQcow2Error(`ends after ${view.byteLength} bytes, within its header`);
  }
  const headerBytes = view.getUint32(100);
  // A field is there only where the header reaches beyond its offset.
  const hasCompressionType = headerBytes > headerBytesV3 && view.byteLength > headerBytesV3;
  return {
    incompatibleBits: setBits(view, 72),
    refcountOrder: view.getUint32(96),
    headerBytes,
    compressionType: hasCompressionType ? view.getUint8(headerBytesV3) : 0,
  };
}

function uint64(view: DataView, at: number): number {
  return view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
}

function setBits(view: DataView, at: number): number[] {
  const [high, low] = [view.getUint32(at), view.getUint32(at + 4)];
  const isSet = (bit: number): boolean => (((bit < 32 ? low : high) >>> (bit % 32)) & 1) === 1;
  return Array.from({ length: 64 }, (_, bit) => bit).filter(isSet);
}

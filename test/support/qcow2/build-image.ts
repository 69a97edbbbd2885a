import { deflateRawSync, zstdCompressSync } from 'node:zlib';
import { type SeededRandom, seededRandom } from './seeded-random.ts';

/** What one guest cluster is; those that are not named are unallocated. */
export type GuestCluster =
  | { readonly kind: 'data'; readonly bytes: Uint8Array; readonly allocated?: number; readonly zero?: number }
  | { readonly kind: 'compressed'; readonly bytes: Uint8Array; readonly stream?: Uint8Array }
  | { readonly kind: 'zero' }
  | { readonly kind: 'zero-allocated' };

export interface ImageParts {
  readonly version?: 2 | 3;
  readonly clusterBits?: number;
  readonly virtualBytes: number;
  readonly clusters: ReadonlyMap<number, GuestCluster>;
  readonly compression?: 'zlib' | 'zstd';
  readonly extended?: boolean;
  /** Default: one that puts all in order. */
  readonly random?: SeededRandom;
}

/** An image, and where its parts are. */
export interface BuiltImage {
  readonly bytes: Buffer;
  readonly clusterBytes: number;
  readonly l1Offset: number;
  readonly l1Entries: number;
  readonly refcountTableOffset: number;
  /** Places of the L2 tables by L1 index. */
  readonly l2Offsets: ReadonlyMap<number, number>;
  /** Places of the L2 entries by guest cluster. */
  readonly entryOffsets: ReadonlyMap<number, number>;
}

/** Makes an image by hand, as QEMU's specification has it, where qemu-img would not make it. Its refcounts are all 0. */
export function buildImage(parts: ImageParts): BuiltImage {
  const { version = 3, clusterBits = 16, virtualBytes, clusters, compression = 'zlib', extended = false } = parts;
  const clusterBytes = 2 ** clusterBits;
  const entryBytes = extended ? 16 : 8;
  const perTable = clusterBytes / entryBytes;
  const l1Entries = Math.ceil(virtualBytes / clusterBytes / perTable);
  const packed = packCompressed(clusters, compression, clusterBytes);
  const l1Clusters = Math.max(1, Math.ceil((l1Entries * 8) / clusterBytes));

  const tables = [...new Set([...clusters.keys()].map((index) => Math.floor(index / perTable)))];
  const standalone = [...clusters].filter(([, { kind }]) => kind === 'data' || kind === 'zero-allocated');
  const wanted = [...tables.map((table) => `table ${table}`), ...standalone.map(([index]) => `data ${index}`)];
  const order = parts.random ? parts.random.shuffled(wanted) : wanted;
  // Header, refcount table, refcount block, L1 table, then tables and data, then what is compressed.
  const first = 3 + l1Clusters;
  const places = new Map(order.map((name, index) => [name, (first + index) * clusterBytes]));
  const packedOffset = (first + order.length) * clusterBytes;
  const bytes = Buffer.alloc(packedOffset + packed.bytes.length);
  const at = (name: string): number => places.get(name) ?? 0;

  const [refcountTableOffset, l1Offset] = [clusterBytes, 3 * clusterBytes];
  const sizes = { version, clusterBits, virtualBytes, l1Entries, l1Offset, refcountTableOffset };
  writeHeader(bytes, { ...sizes, extended, isZstd: compression === 'zstd' });
  bytes.writeBigUInt64BE(BigInt(2 * clusterBytes), refcountTableOffset);

  const l2Offsets = new Map(tables.map((table) => [table, at(`table ${table}`)]));
  for (const [table, offset] of l2Offsets) {
    bytes.writeBigUInt64BE((1n << 63n) | BigInt(offset), l1Offset + table * 8);
  }
  const entryOffsets = new Map<number, number>();
  for (const [index, cluster] of clusters) {
    const entry = at(`table ${Math.floor(index / perTable)}`) + (index % perTable) * entryBytes;
    entryOffsets.set(index, entry);
    const place = at(`data ${index}`);
    if (cluster.kind === 'data') bytes.set(cluster.bytes.subarray(0, clusterBytes), place);
    const compressedPlace = packed.places.get(index);
    const value = compressedPlace
      ? compressedEntry(packedOffset + compressedPlace.start, compressedPlace.length, clusterBits)
      : standardEntry(cluster, place, extended);
    bytes.writeBigUInt64BE(value, entry);
    if (extended) bytes.writeBigUInt64BE(subclusterBits(cluster), entry + 8);
  }
  bytes.set(packed.bytes, packedOffset);
  return { bytes, clusterBytes, l1Offset, l1Entries, refcountTableOffset, l2Offsets, entryOffsets };
}

interface HeaderFields {
  readonly version: number;
  readonly clusterBits: number;
  readonly virtualBytes: number;
  readonly l1Entries: number;
  readonly l1Offset: number;
  readonly refcountTableOffset: number;
  readonly extended: boolean;
  readonly isZstd: boolean;
}

function writeHeader(bytes: Buffer, fields: HeaderFields): void {
  bytes.write('QFI\xfb', 0, 'latin1');
  bytes.writeUInt32BE(fields.version, 4);
  bytes.writeUInt32BE(fields.clusterBits, 20);
  bytes.writeBigUInt64BE(BigInt(fields.virtualBytes), 24);
  bytes.writeUInt32BE(fields.l1Entries, 36);
  bytes.writeBigUInt64BE(BigInt(fields.l1Offset), 40);
  bytes.writeBigUInt64BE(BigInt(fields.refcountTableOffset), 48);
  bytes.writeUInt32BE(1, 56);
  if (fields.version === 2) return;
  bytes.writeUInt32BE((fields.extended ? 16 : 0) | (fields.isZstd ? 8 : 0), 76);
  bytes.writeUInt32BE(4, 96);
  bytes.writeUInt32BE(112, 100);
  bytes.writeUInt8(fields.isZstd ? 1 : 0, 104);
}

function standardEntry({ kind }: GuestCluster, place: number, extended: boolean): bigint {
  const allocated = kind === 'zero' ? 0n : (1n << 63n) | BigInt(place);
  return kind === 'data' || extended ? allocated : allocated | 1n;
}

function subclusterBits(cluster: GuestCluster): bigint {
  if (cluster.kind === 'compressed') return 0n;
  if (cluster.kind !== 'data') return 0xffff_ffffn << 32n;
  return (BigInt(cluster.zero ?? 0) << 32n) | BigInt(cluster.allocated ?? 0xffff_ffff);
}

function compressedEntry(offset: number, length: number, clusterBits: number): bigint {
  const sectors = Math.floor((offset + length - 1) / 512) - Math.floor(offset / 512);
  return (1n << 62n) | (BigInt(sectors) << BigInt(62 - (clusterBits - 8))) | BigInt(offset);
}

interface Packed {
  readonly bytes: Buffer;
  readonly places: ReadonlyMap<number, { readonly start: number; readonly length: number }>;
}

/** One behind the other, without a gap, the end filled up to a sector. */
function packCompressed(clusters: ImageParts['clusters'], kind: 'zlib' | 'zstd', clusterBytes: number): Packed {
  const pieces: Uint8Array[] = [];
  const places = new Map<number, { start: number; length: number }>();
  let start = 0;
  for (const [index, cluster] of clusters) {
    if (cluster.kind !== 'compressed') continue;
    const stream = cluster.stream ?? compressed(cluster.bytes.subarray(0, clusterBytes), kind);
    places.set(index, { start, length: stream.length });
    pieces.push(stream);
    start += stream.length;
  }
  const padding = Buffer.alloc((512 - (start % 512)) % 512, 0x5a);
  return { bytes: Buffer.concat([...pieces, padding]), places };
}

export function compressed(bytes: Uint8Array, kind: 'zlib' | 'zstd'): Uint8Array {
  return kind === 'zlib' ? deflateRawSync(bytes, { windowBits: 12 }) : zstdCompressSync(bytes);
}

/** A small image with every kind of cluster, and what the guest reads. */
export function sampleImage(options: Partial<ImageParts> = {}): BuiltImage & { readonly guest: Uint8Array } {
  const { clusterBits = 16, virtualBytes = 40 * 2 ** clusterBits, version = 3 } = options;
  const clusterBytes = 2 ** clusterBits;
  const random = seededRandom(7);
  const guest = new Uint8Array(virtualBytes);
  const clusters = new Map<number, GuestCluster>();
  const texts = [3, 4, 5, 6, 20, 38];
  for (const index of [0, 1, 2, 9, 12, 11, 39, ...texts]) {
    const bytes = texts.includes(index)
      ? new Uint8Array(clusterBytes).map((_, at) => (at * index) % 61)
      : random.bytes(clusterBytes);
    clusters.set(index, { kind: texts.includes(index) ? 'compressed' : 'data', bytes });
    guest.set(bytes.subarray(0, virtualBytes - index * clusterBytes), index * clusterBytes);
  }
  if (version === 3) {
    clusters.set(15, { kind: 'zero' });
    clusters.set(16, { kind: 'zero-allocated' });
  }
  const image = buildImage({ clusterBits, virtualBytes, clusters, version, random, ...options });
  return { ...image, guest };
}

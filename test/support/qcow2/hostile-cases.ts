import { type BuiltImage, sampleImage } from './build-image.ts';

/** A malformed image, and what the refusal must say; null where it is decoded as if nothing was wrong. */
export interface HostileCase {
  readonly name: string;
  readonly image: Buffer;
  readonly refusal: RegExp | null;
}

type Change = (image: Buffer, built: BuiltImage) => void;

const u32 =
  (at: number, value: number): Change =>
  (image) =>
    void image.writeUInt32BE(value, at);
const u64 =
  (at: number, value: bigint): Change =>
  (image) =>
    void image.writeBigUInt64BE(value, at);
const entry =
  (cluster: number, value: bigint): Change =>
  (image, built) =>
    void image.writeBigUInt64BE(value, built.entryOffsets.get(cluster) ?? 0);
const l1 =
  (value: (built: BuiltImage) => bigint, index = 0): Change =>
  (image, built) =>
    void image.writeBigUInt64BE(value(built), built.l1Offset + index * 8);
const dataOf = (image: Buffer, built: BuiltImage, cluster: number): bigint =>
  image.readBigUInt64BE(built.entryOffsets.get(cluster) ?? 0) & 0x00ff_ffff_ffff_fe00n;

const extension =
  (type: number, length: number): Change =>
  (image) => {
    image.writeUInt32BE(type, 112);
    image.writeUInt32BE(length, 116);
  };

const copied = 1n << 63n;
const compressedFlag = 1n << 62n;

/** Changes to the sample image of version 3 with clusters of 64 KiB, by name. */
const changes: readonly (readonly [name: string, change: Change, refusal: RegExp | null])[] = [
  ['magic', u32(0, 0x51464900), /magic/],
  ['version 0', u32(4, 0), /version 0/],
  ['version 1', u32(4, 1), /version 1;/],
  ['version 4', u32(4, 4), /version 4/],
  ['version 2^31', u32(4, 2 ** 31), /version/],
  ['a backing file', u64(8, 4096n), /backing file/],
  ['a backing file at the end of time', u64(8, 2n ** 64n - 1n), /backing file/],
  ['the size of the name of no backing file', u32(16, 1023), null],
  ['cluster_bits 0', u32(20, 0), /cluster_bits/],
  ['cluster_bits 8', u32(20, 8), /cluster_bits/],
  ['cluster_bits 9', u32(20, 9), /./],
  ['cluster_bits 15', u32(20, 15), /./],
  ['cluster_bits 17', u32(20, 17), /./],
  ['cluster_bits 22', u32(20, 22), /cluster_bits/],
  ['cluster_bits 63', u32(20, 63), /cluster_bits/],
  ['cluster_bits 2^32-1', u32(20, 2 ** 32 - 1), /cluster_bits/],
  ['virtual size 0', u64(24, 0n), /virtual size of 0/],
  ['virtual size 1', u64(24, 1n), /whole sectors/],
  ['virtual size 513', u64(24, 513n), /whole sectors/],
  ['virtual size beyond the disk', u64(24, 2n ** 40n), /virtual size of 1099511627776/],
  ['virtual size 2^63', u64(24, 2n ** 63n), /virtual size/],
  ['virtual size 2^64-512', u64(24, 2n ** 64n - 512n), /virtual size/],
  ['virtual size beyond the L1 table', u64(24, 1024n * 2n ** 20n), /L1 table has 1 entries/],
  ['virtual size before data', u64(24, 10n * 65536n), /beyond the virtual size/],
  ['AES', u32(32, 1), /encrypted \(AES\)/],
  ['LUKS', u32(32, 2), /encrypted \(LUKS\)/],
  ['encryption of another kind', u32(32, 77), /encrypted \(method 77\)/],
  ['no L1 entries', u32(36, 0), /L1 table has 0/],
  ['an L1 table over data', u32(36, 8193), /lie on the same bytes|L1 table/],
  ['an L1 table beyond the file', u32(36, 2 ** 22), /L1 table/],
  ['more L1 entries than possible', u32(36, 2 ** 22 + 1), /L1 table/],
  ['2^32-1 L1 entries', u32(36, 2 ** 32 - 1), /L1 table/],
  ['an L1 table at byte 8', u64(40, 8n), /does not begin at a cluster/],
  ['an L1 table on the header', u64(40, 0n), /header and the L1 table/],
  ['an L1 table on the refcount table', u64(40, 65536n), /L1 table and the refcount table/],
  ['an L1 table behind the end', u64(40, 2n ** 40n), /beyond the end/],
  ['an L1 table at 2^64', u64(40, 2n ** 64n - 65536n), /L1 table/],
  ['a refcount table on the header', u64(48, 0n), /refcount table/],
  ['a refcount table at an odd place', u64(48, 65537n), /does not begin at a cluster/],
  ['a refcount table behind the end', u64(48, 2n ** 50n), /beyond the end/],
  ['no refcount table', u32(56, 0), /no refcount table/],
  ['a huge refcount table', u32(56, 129), /refcount table/],
  ['2^32-1 clusters of refcount table', u32(56, 2 ** 32 - 1), /refcount table/],
  ['2^32-1 snapshots', u32(60, 2 ** 32 - 1), /snapshots/],
  ['a snapshot table on the header', u32(60, 1), /snapshot table/],
  ['a place of no snapshots', u64(64, 123n), null],
  ['the dirty bit', u64(72, 1n), /dirty/],
  ['the corrupt bit', u64(72, 2n), /corrupt/],
  ['the bit of the data file', u64(72, 4n), /external data file/],
  ['the bit of the compression type', u64(72, 8n), /compression type is 0/],
  ['the bit of extended L2', u64(72, 16n), /./],
  ['bit 5', u64(72, 32n), /unknown incompatible features: bit 5/],
  ['bit 31', u64(72, 2n ** 31n), /bit 31/],
  ['bit 32', u64(72, 2n ** 32n), /bit 32/],
  ['bit 63', u64(72, 2n ** 63n), /bit 63/],
  ['all bits', u64(72, 2n ** 64n - 1n), /unknown/],
  ['compatible features', u64(80, 2n ** 64n - 1n), null],
  ['auto-clear features', u64(88, 2n ** 64n - 1n), null],
  ['refcount_order 0', u32(96, 0), null],
  ['refcount_order 6', u32(96, 6), null],
  ['refcount_order 7', u32(96, 7), /refcount_order/],
  ['refcount_order 2^32-1', u32(96, 2 ** 32 - 1), /refcount_order/],
  ['header_length 0', u32(100, 0), /header_length/],
  ['header_length 96', u32(100, 96), /header_length/],
  ['header_length 105', u32(100, 105), /header_length/],
  ['header_length beyond the cluster', u32(100, 65544), /header_length/],
  ['header_length 2^32-8', u32(100, 2 ** 32 - 8), /header_length/],
  ['compression type 1 without its bit', (image) => image.writeUInt8(1, 104), /compression type is 1/],
  ['compression type 2', (image) => image.writeUInt8(2, 104), /compression type is 2/],
  ['an extension beyond the cluster', extension(1, 65536), /extension/],
  ['an extension of 2^32-1', extension(1, 2 ** 32 - 1), /extension/],
  ['an unknown extension', extension(77, 24), null],
  ['a chain of extensions to the end', (image) => image.fill(1, 112, 65536), /extension/],
  ['an L1 entry with low reserved bits', l1((b) => copied | BigInt(l2Of(b)) | 1n), /L1 table sets reserved/],
  ['an L1 entry with high reserved bits', l1((b) => copied | BigInt(l2Of(b)) | (1n << 56n)), /L1 table sets reserved/],
  ['an L1 entry with bit 62', l1((b) => BigInt(l2Of(b)) | (1n << 62n)), /L1 table sets reserved/],
  ['an L1 entry without bit 63', l1((b) => BigInt(l2Of(b))), null],
  ['an L1 entry that is only bit 63', l1(() => copied), /points to the header/],
  ['an L1 entry to within a cluster', l1((b) => BigInt(l2Of(b) + 512)), /not the begin of a cluster/],
  ['an L1 entry behind the end', l1(() => 1n << 50n), /no room for a table/],
  ['an L1 entry to the last cluster, which is cut', (i, b) => l1(() => lastCluster(i))(i, b), /no room for a table/],
  ['an L1 entry to the L1 table', l1((b) => BigInt(b.l1Offset)), /L1 table and the L2 table/],
  ['an L1 entry to the refcount table', l1((b) => BigInt(b.refcountTableOffset)), /refcount table and the L2 table/],
  ['an L1 entry to data', (i, b) => l1(() => dataOf(i, b, 0))(i, b), /./],
  ['an L2 entry with low reserved bits', (i, b) => entry(0, dataOf(i, b, 0) | 2n)(i, b), /reserved bits/],
  ['an L2 entry with bit 8', (i, b) => entry(0, dataOf(i, b, 0) | 256n)(i, b), /reserved bits/],
  ['an L2 entry with bit 56', (i, b) => entry(0, dataOf(i, b, 0) | (1n << 56n))(i, b), /reserved bits/],
  ['an L2 entry with bit 61', (i, b) => entry(0, dataOf(i, b, 0) | (1n << 61n))(i, b), /reserved bits/],
  ['an L2 entry that is only bit 63', entry(0, copied), /lies on the header/],
  ['an L2 entry to within a cluster', (i, b) => entry(0, dataOf(i, b, 0) + 512n)(i, b), /begin at a cluster/],
  ['an L2 entry behind the end', entry(0, 1n << 50n), /beyond the end/],
  ['an L2 entry at the end', (i, b) => entry(0, lastCluster(i) + 65536n)(i, b), /beyond the end/],
  ['an L2 entry to its own table', (i, b) => entry(0, BigInt(l2Of(b)))(i, b), /L2 table at byte/],
  ['an L2 entry to the L1 table', (i, b) => entry(0, BigInt(b.l1Offset))(i, b), /L1 table and the data/],
  ['an L2 entry to the refcount table', (i, b) => entry(0, BigInt(b.refcountTableOffset))(i, b), /refcount table and/],
  ['two L2 entries to one cluster', (i, b) => entry(0, dataOf(i, b, 12))(i, b), /lie on the same bytes/],
  ['an L2 entry to compressed clusters', (i, b) => entry(0, lastCluster(i))(i, b), /lie on the same bytes/],
  ['an unaligned zero cluster', (i, b) => entry(0, (dataOf(i, b, 0) + 512n) | 1n)(i, b), /begin at a cluster/],
  ['a compressed cluster behind the end', entry(3, compressedFlag | (1n << 45n)), /beyond the end/],
  ['a compressed cluster at 2^53', entry(3, compressedFlag | ((1n << 54n) - 1n)), /beyond the end/],
  ['a compressed cluster on the header', entry(3, compressedFlag), /header and the data/],
  ['a compressed cluster on its table', (i, b) => entry(3, compressedFlag | BigInt(l2Of(b)))(i, b), /L2 table at/],
  ['a compressed cluster on data', (i, b) => entry(3, compressedFlag | dataOf(i, b, 0))(i, b), /lie on the same bytes/],
  ['a compressed cluster with bit 63', (i, b) => entry(3, copied | entryOf(i, b, 3))(i, b), /marked as used once/],
  ['two entries to one compressed cluster', (i, b) => entry(4, entryOf(i, b, 3))(i, b), /lie on the same bytes/],
  [
    'a compressed cluster from 1 byte on',
    (i, b) => entry(4, entryOf(i, b, 4) + 1n)(i, b),
    /compressed cluster of guest/,
  ],
  ['a longest compressed cluster', (i, b) => entry(3, entryOf(i, b, 3) | (255n << 54n))(i, b), /lie on the same bytes/],
];

function l2Of(built: BuiltImage): number {
  return built.l2Offsets.get(0) ?? 0;
}

function lastCluster(image: Buffer): bigint {
  return BigInt(Math.floor((image.length - 1) / 65536) * 65536);
}

function entryOf(image: Buffer, built: BuiltImage, cluster: number): bigint {
  return image.readBigUInt64BE(built.entryOffsets.get(cluster) ?? 0);
}

/** One thing of the header or of a table changed. */
export function changedCases(): HostileCase[] {
  const built = sampleImage();
  return changes.map(([name, change, refusal]) => {
    const image = Buffer.from(built.bytes);
    change(image, built);
    return { name, image, refusal };
  });
}

import { deflateRawSync, zstdCompressSync } from 'node:zlib';
import { buildImage, compressed, type GuestCluster, sampleImage } from './build-image.ts';
import type { HostileCase } from './hostile-cases.ts';
import { seededRandom } from './seeded-random.ts';

const clusterBytes = 65_536;
const bytes = new Uint8Array(clusterBytes).map((_, at) => at % 61);
const bombBytes = 64 * 2 ** 20;

function imageOf(cluster: GuestCluster, compression: 'zlib' | 'zstd'): Buffer {
  const clusters = new Map<number, GuestCluster>([[3, cluster]]);
  return buildImage({ virtualBytes: 8 * clusterBytes, clusters, compression }).bytes;
}

/** Compressed clusters that are none. */
export function streamCases(): HostileCase[] {
  return (['zlib', 'zstd'] as const).flatMap((kind) => {
    const good = compressed(bytes, kind);
    const flipped = Uint8Array.from(good);
    flipped.fill(0xff, 5, 40);
    const streams: readonly (readonly [string, Uint8Array])[] = [
      ['a bomb', compressed(new Uint8Array(bombBytes), kind)],
      ['one byte too many', compressed(new Uint8Array(clusterBytes + 1), kind)],
      ['one byte too few', compressed(new Uint8Array(clusterBytes - 1), kind)],
      ['nothing', compressed(new Uint8Array(0), kind)],
      ['zeros', new Uint8Array(512)],
      ['noise', seededRandom(3).bytes(3000)],
      ['half a stream', good.subarray(0, good.length / 2)],
      ['a damaged stream', flipped],
      ['the other kind of stream', compressed(bytes, kind === 'zlib' ? 'zstd' : 'zlib')],
    ];
    return streams.map(([name, stream]) => ({
      name: `${kind}: ${name}`,
      image: imageOf({ kind: 'compressed', bytes, stream }, kind),
      refusal: /the compressed cluster of guest byte 196608 at byte/,
    }));
  });
}

/** Unusual ones that QEMU reads. */
export function oddStreams(): { readonly name: string; readonly image: Buffer; readonly cluster: Uint8Array }[] {
  const noise = seededRandom(4).bytes(700);
  return [
    { name: 'zlib and then noise', stream: Buffer.concat([compressed(bytes, 'zlib'), noise]), kind: 'zlib' as const },
    { name: 'zstd and then noise', stream: Buffer.concat([compressed(bytes, 'zstd'), noise]), kind: 'zstd' as const },
    { name: 'stored blocks', stream: deflateRawSync(bytes, { windowBits: 12, level: 0 }), kind: 'zlib' as const },
    { name: 'zstd with a digest', stream: zstdCompressSync(bytes, { params: { 201: 1 } }), kind: 'zstd' as const },
  ].map(({ name, stream, kind }) => ({
    name,
    cluster: bytes,
    image: imageOf({ kind: 'compressed', bytes, stream }, kind),
  }));
}

/** The sample image cut off at every structure. */
export function truncatedCases(): HostileCase[] {
  const { bytes: image, l1Offset, l2Offsets } = sampleImage();
  const l2 = l2Offsets.get(0) ?? 0;
  const tables = [l1Offset, l1Offset + 7, l2, l2 + 8, l2 + clusterBytes / 2, l2 + clusterBytes - 1];
  const header = [0, 1, 4, 71, 72, 73, 103, 104, 105, 111, 112, 120, 512];
  const clusters = Array.from({ length: Math.floor(image.length / clusterBytes) }, (_, at) => (at + 1) * clusterBytes);
  const lengths = [...header, ...tables, ...clusters, ...clusters.map((at) => at - 512), image.length - 1024];
  return [...new Set(lengths)].map((length) => ({
    name: `cut at ${length}`,
    image: image.subarray(0, length),
    refusal: /./,
  }));
}

/** What only images with subclusters, or only those of version 2, can have wrong. */
export function variantCases(): HostileCase[] {
  const extended = (
    change: (image: Buffer, entry: number) => void,
    refusal: RegExp | null,
    name: string,
  ): HostileCase => {
    const built = sampleImage({ extended: true });
    const image = Buffer.from(built.bytes);
    change(image, built.entryOffsets.get(0) ?? 0);
    return { name: `extended: ${name}`, image, refusal };
  };
  const old = sampleImage({ version: 2 });
  const withZeroFlag = Buffer.from(old.bytes);
  const entry = old.entryOffsets.get(0) ?? 0;
  withZeroFlag.writeUInt8(1, entry + 7);
  const beyondV2 = Buffer.from(old.bytes);
  beyondV2.writeUInt32BE(2 ** 32 - 1, 76);
  return [
    extended((image, at) => image.writeUInt8(1, at + 7), /zero flag beside subclusters/, 'the zero flag'),
    extended((image, at) => image.writeUInt8(1, at + 8), /allocated and zero/, 'allocated and zero'),
    extended((image, at) => image.fill(0, at, at + 8), /no place/, 'subclusters of no cluster'),
    extended((image, at) => image.writeUInt8(0x40, at), /./, 'a compressed cluster with subclusters'),
    extended((image) => image.writeUInt32BE(13, 20), /extended L2 entries need/, 'clusters of 8 KiB'),
    { name: 'version 2: the zero flag', image: withZeroFlag, refusal: /version 2 does not know/ },
    { name: 'version 2: bytes where version 3 has features', image: beyondV2, refusal: null },
  ];
}

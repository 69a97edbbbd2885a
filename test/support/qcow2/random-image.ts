import { type BuiltImage, buildImage, type GuestCluster } from './build-image.ts';
import { seededRandom } from './seeded-random.ts';

export interface RandomImage extends BuiltImage {
  readonly guest: Uint8Array;
  readonly clusters: ReadonlyMap<number, GuestCluster>;
}

/** An image with everything in any order: the host has the clusters as `seed` shuffles them. */
export function randomImage(seed: number): RandomImage {
  const random = seededRandom(seed);
  const extended = random.chance(0.2);
  const clusterBits = extended ? 14 : random.pick([9, 9, 10, 12]);
  const clusterBytes = 2 ** clusterBits;
  const clusterCount = 1 + random.below(extended ? 40 : 300);
  const virtualBytes = clusterCount * clusterBytes - 512 * random.below(clusterBytes / 512);
  const version = extended || random.chance(0.7) ? 3 : 2;
  const guest = new Uint8Array(virtualBytes);
  const clusters = new Map<number, GuestCluster>();
  const kinds = ['data', 'data', 'data', 'compressed', ...(version === 3 ? (['zero', 'zero-allocated'] as const) : [])];
  const density = random.pick([0.05, 0.5, 0.95]);
  for (let index = 0; index < clusterCount; index += 1) {
    if (!random.chance(density)) continue;
    const kind = random.pick(kinds) as GuestCluster['kind'];
    const bytes = new Uint8Array(clusterBytes)
      .fill(1 + random.below(255))
      .fill(random.below(256), 0, random.below(400));
    const cluster: GuestCluster =
      kind === 'data' ? subclustersOf(bytes, extended, random.below(2 ** 32)) : { kind, bytes };
    clusters.set(index, cluster);
    const visible = visibleOf(cluster);
    if (visible) guest.set(visible.subarray(0, virtualBytes - index * clusterBytes), index * clusterBytes);
  }
  const compression = version === 3 ? random.pick(['zlib', 'zstd'] as const) : 'zlib';
  const image = buildImage({ version, clusterBits, virtualBytes, clusters, compression, extended, random });
  return { ...image, guest, clusters };
}

function subclustersOf(bytes: Uint8Array, extended: boolean, allocated: number): GuestCluster {
  return extended ? { kind: 'data', bytes, allocated, zero: (~allocated & 0xff00) >>> 0 } : { kind: 'data', bytes };
}

/** What the guest sees of it; null for zeros. */
function visibleOf(cluster: GuestCluster): Uint8Array | null {
  if (cluster.kind === 'compressed') return cluster.bytes;
  if (cluster.kind !== 'data') return null;
  const { bytes, allocated = 0xffff_ffff } = cluster;
  const subclusterBytes = bytes.length / 32;
  return bytes.map((byte, at) => (((allocated >>> Math.floor(at / subclusterBytes)) & 1) === 1 ? byte : 0));
}

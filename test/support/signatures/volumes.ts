import { randomBytes } from 'node:crypto';
import { crc64 } from './crc64.ts';
import { KiB, MiB, type Placed, struct, type TestSignature } from './signature.ts';

const bcacheMagic = Buffer.from('c68573f64e1a45ca8265f57f48ba6d81', 'hex');

/** Where the journal of `bcacheCache` begins. */
export const bcacheBucketBytes = 512 * KiB;
export const bcacheJournalBuckets = [50, 51, 90];

/** include/uapi/linux/bcache.h: struct cache_sb, at 4 KiB. */
function bcacheSuperblock(version: number, fields: Parameters<typeof struct>[1], keys: number): Placed {
  const bytes = struct(4 * KiB, [
    [8, 8, 8],
    [16, version, 8],
    [24, bcacheMagic],
    [40, randomBytes(16)],
    [56, randomBytes(16)],
    [206, keys, 2],
    ...fields,
  ]);
  bytes.writeBigUInt64LE(crc64(bytes.subarray(8, 208 + keys * 8)), 0);
  return { offset: 4 * KiB, bytes };
}

export const bcacheBacking: TestSignature = {
  type: 'bcache',
  place: () => [
    bcacheSuperblock(
      1,
      [
        [192, 1, 2],
        [184, 16, 8],
      ],
      0,
    ),
  ],
};

export const bcacheCache: TestSignature = {
  type: 'bcache',
  leastBytes: 64 * MiB,
  place: (sizeBytes) => [
    bcacheSuperblock(
      3,
      [
        [184, Math.floor(sizeBytes / bcacheBucketBytes), 8],
        [192, 1, 2],
        [194, bcacheBucketBytes / 512, 2],
        [196, 1, 2],
        [204, 1, 2],
        ...bcacheJournalBuckets.map((bucket, i) => [208 + i * 8, bucket, 8] as const),
      ],
      bcacheJournalBuckets.length,
    ),
    ...bcacheJournalBuckets.map((bucket) => ({
      offset: bucket * bcacheBucketBytes,
      bytes: Buffer.from('journal of bcache'),
    })),
  ],
};

/** Four labels of 256 KiB, the last two at the end, with the uberblocks in the second half of each (OpenZFS, vdev_impl.h). */
export const zfs: TestSignature = {
  type: 'zfs_member',
  place: (sizeBytes) => {
    const label = 256 * KiB;
    const end = Math.floor(sizeBytes / label) * label;
    const uberblocks = Array.from({ length: 128 }, (_, i) =>
      struct(KiB, [
        [0, 0x00bab10c, 8],
        [8, 5000, 8],
        [16, 1000 + i, 8],
        [24, 0x1234567890n, 8],
        [32, 1_700_000_000, 8],
      ]),
    );
    return [0, label, end - 2 * label, end - label].map((start) => ({
      offset: start + 128 * KiB,
      bytes: Buffer.concat(uberblocks),
    }));
  },
};

/** In the sector before the last. */
export function imsm(sectorBytes: number): TestSignature {
  return {
    type: 'isw_raid_member',
    place: (sizeBytes) => [
      { offset: sizeBytes - 2 * sectorBytes, bytes: struct(512, [[0, 'Intel Raid ISM Cfg Sig. 1.2.02']]) },
    ],
  };
}

/** SNIA DDF 2.0: the anchor in the last sector points to the primary and the secondary header. */
export const ddf: TestSignature = {
  type: 'ddf_raid_member',
  leastBytes: 64 * MiB,
  place: (sizeBytes) => {
    const sectors = Math.floor(sizeBytes / 512);
    const [anchor, primary, secondary] = [sectors - 1, sectors - 65_536, sectors - 60_000];
    const header = struct(
      512,
      [
        [0, 0xde11de11],
        [4, 0xffffffff],
        [8, 'LSI     0123456789abcdef'],
        [32, '01.02.00'],
        [96, primary, 8],
        [104, secondary, 8],
      ],
      { big: true },
    );
    return [anchor, primary, secondary].map((sector) => ({ offset: sector * 512, bytes: header }));
  },
};

export const luks2: TestSignature = {
  type: 'crypto_LUKS',
  place: () =>
    [0, 4 * MiB].map((offset) => ({
      offset,
      bytes: struct(
        4 * KiB,
        [
          [0, Buffer.from(offset === 0 ? 'LUKS\xba\xbe' : 'SKUL\xba\xbe', 'latin1')],
          [6, 2, 2],
          [8, 4 * MiB, 8],
          [72, 'sha256'],
          [168, '8d2c1a4e-0f3b-4a61-9d0c-2b1f6a7e5c44'],
          [256, offset, 8],
        ],
        { big: true },
      ),
    })),
};

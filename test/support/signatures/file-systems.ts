import { KiB, MiB, struct, type TestSignature } from './signature.ts';

const uuid = Buffer.from('6c8f0f2dbd224b0f8a3f2f5b2f3b9a11', 'hex');

export const btrfs: TestSignature = {
  type: 'btrfs',
  place: (sizeBytes) =>
    [64 * KiB, 64 * MiB]
      .filter((offset) => offset + 4 * KiB <= sizeBytes)
      .map((offset) => ({
        offset,
        bytes: struct(4 * KiB, [
          [32, uuid],
          [48, offset, 8],
          [64, '_BHRfS_M'],
          [72, 5, 8],
          [112, sizeBytes, 8],
          [136, 1, 8],
          [144, 4096],
          [148, 16_384],
        ]),
      })),
};

export const xfs: TestSignature = {
  type: 'xfs',
  place: () => [
    {
      offset: 0,
      bytes: struct(
        512,
        [
          [0, 'XFSB'],
          [4, 4096],
          [8, 4096, 8],
          [32, uuid],
          [80, 1],
          [84, 1024],
          [88, 4],
          [100, 0xb4a5, 2],
          [102, 512, 2],
          [104, 512, 2],
          [106, 8, 2],
          [120, 12, 1],
          [121, 9, 1],
          [122, 9, 1],
          [123, 3, 1],
          [124, 10, 1],
          [127, 25, 1],
        ],
        { big: true },
      ),
    },
  ],
};

export const jfs: TestSignature = {
  type: 'jfs',
  place: () =>
    [32 * KiB, 60 * KiB].map((offset) => ({
      offset,
      bytes: struct(512, [
        [0, 'JFS1'],
        [4, 1],
        [8, 1000, 8],
        [16, 4096],
        [20, 12, 2],
        [22, 3, 2],
        [24, 512],
        [28, 9, 2],
        [136, uuid],
      ]),
    })),
};

/** With its backup boot sector, the last one of the partition. */
export const ntfs: TestSignature = {
  type: 'ntfs',
  place: (sizeBytes) => {
    const sectors = Math.floor(sizeBytes / 512) - 1;
    const boot = struct(512, [
      [0, Buffer.from([0xeb, 0x52, 0x90])],
      [3, 'NTFS    '],
      [11, 512, 2],
      [13, 8, 1],
      [21, 0xf8, 1],
      [40, sectors, 8],
      [48, 16, 8],
      [56, 32, 8],
      [64, 0xf6, 1],
      [68, 0xf6, 1],
      [72, 0x1234abcd, 8],
      [510, 0xaa55, 2],
    ]);
    const record = struct(1024, [
      [0, 'FILE'],
      [20, 56, 2],
      [24, 64],
      [28, 1024],
      [56, 0xffffffff],
    ]);
    return [
      { offset: 0, bytes: boot },
      { offset: 16 * 4 * KiB, bytes: Buffer.concat([record, record, record, record]) },
      { offset: sectors * 512, bytes: boot },
    ];
  },
};

export const gfs2: TestSignature = {
  type: 'gfs2',
  place: () => [
    {
      offset: 64 * KiB,
      bytes: struct(
        512,
        [
          [0, 0x01161970],
          [4, 1],
          [12, 100],
          [24, 1801],
          [28, 1900],
          [36, 4096],
          [40, 12],
          [96, 'lock_dlm'],
          [160, 'c:fs'],
        ],
        { big: true },
      ),
    },
  ],
};

/** With a backup superblock, which the first GiB does not have; `ocfs2Backup` is the place of the first. */
export const ocfs2: TestSignature = {
  type: 'ocfs2',
  place: (sizeBytes) =>
    [8 * KiB, 1024 * MiB]
      .filter((offset) => offset + 4 * KiB <= sizeBytes)
      .map((offset) => ({
        offset,
        bytes: struct(512, [
          [0, 'OCFSV2'],
          [192, 0, 2],
          [194, 90, 2],
        ]),
      })),
};

/** VMFS is known by the volume it lies in, and by its own superblock. */
export const vmfsVolume: TestSignature = {
  type: 'VMFS_volume_member',
  place: () => [
    {
      offset: MiB,
      bytes: struct(512, [
        [0, 0xc001d00d],
        [4, 5],
        [130, uuid],
      ]),
    },
  ],
};

export const vmfs: TestSignature = {
  type: 'VMFS',
  place: () =>
    [2 * MiB, 18 * MiB].map((offset) => ({
      offset,
      bytes: struct(512, [
        [0, 0x2fabf15e],
        [4, 5],
        [9, uuid],
        [29, 'datastore1'],
      ]),
    })),
};

/** libblkid does not know it: a descriptor that begins in the second sector, as a stand-in for what GPFS writes there. */
export const gpfs: TestSignature = {
  type: null,
  place: () => [
    {
      offset: 512,
      bytes: struct(512, [
        [0, 'GPFS disk descriptor'],
        [64, uuid],
      ]),
    },
  ],
};

import { randomBytes } from 'node:crypto';
import { KiB, struct, type TestSignature } from './signature.ts';

const magic = 0xa92b4efc;
const sectorBytes = 512;

/** md superblocks as include/uapi/linux/raid/md_p.h lays them out; of a mirror of two. */
export const mdVersions = ['0.90', '1.0', '1.1', '1.2'] as const;
export type MdVersion = (typeof mdVersions)[number];

export function mdSignature(version: MdVersion): TestSignature {
  return {
    type: 'linux_raid_member',
    place: (sizeBytes) => {
      const offset = mdOffset(version, sizeBytes);
      return [{ offset, bytes: version === '0.90' ? superblock090(sizeBytes) : superblock1(version, sizeBytes) }];
    },
  };
}

/** md(4): 64 KiB before the last multiple of it; 8 KiB before the end, at a multiple of 4 KiB; the start; 4 KiB. */
function mdOffset(version: MdVersion, sizeBytes: number): number {
  if (version === '0.90') return Math.floor(sizeBytes / (64 * KiB)) * 64 * KiB - 64 * KiB;
  if (version === '1.0') return Math.floor((sizeBytes - 8 * KiB) / (4 * KiB)) * 4 * KiB;
  return version === '1.1' ? 0 : 4 * KiB;
}

function superblock1(version: MdVersion, sizeBytes: number): Buffer {
  const devices = 2;
  const sectors = Math.floor(sizeBytes / sectorBytes);
  const dataSectors = Math.min(sectors - 4096, 8192);
  const superblock = struct(4 * KiB, [
    [0, magic],
    [4, 1],
    [16, randomBytes(16)],
    [32, `host:md${version}`],
    [64, 1_700_000_000, 8],
    [72, 1],
    [80, dataSectors, 8],
    [92, devices],
    [128, version === '1.0' ? 0 : 2048, 8],
    [136, dataSectors, 8],
    [144, mdOffset(version, sizeBytes) / sectorBytes, 8],
    [168, randomBytes(16)],
    [192, 1_700_000_000, 8],
    [200, 17, 8],
    [208, 0xffff_ffff_ffff_ffffn, 8],
    [220, devices],
    [256, 0, 2],
    [258, 1, 2],
  ]);
  superblock.writeUInt32LE(foldedSum(superblock.subarray(0, 256 + devices * 2)), 216);
  return superblock;
}

function superblock090(sizeBytes: number): Buffer {
  const word = (index: number, value: number) => [index * 4, value] as const;
  const disk = (index: number, number: number) => [
    word(index, number),
    word(index + 1, 7),
    word(index + 2, number),
    word(index + 3, number),
    word(index + 4, 6),
  ];
  const superblock = struct(4 * KiB, [
    word(0, magic),
    word(2, 90),
    word(5, randomBytes(4).readUInt32LE()),
    word(6, 1_700_000_000),
    word(7, 1),
    word(8, mdOffset('0.90', sizeBytes) / KiB),
    word(9, 2),
    word(10, 2),
    [13 * 4, randomBytes(12)],
    word(32, 1_700_000_000),
    word(33, 1),
    word(34, 2),
    word(35, 2),
    word(39, 17),
    ...disk(128, 0),
    ...disk(160, 1),
    ...disk(992, 0),
  ]);
  superblock.writeUInt32LE(foldedSum(superblock), 38 * 4);
  return superblock;
}

/** Sum of the 32-bit words, with what overflows added once more. */
function foldedSum(bytes: Buffer): number {
  let sum = 0n;
  for (let at = 0; at + 4 <= bytes.length; at += 4) sum += BigInt(bytes.readUInt32LE(at));
  return Number(((sum & 0xffffffffn) + (sum >> 32n)) & 0xffffffffn);
}

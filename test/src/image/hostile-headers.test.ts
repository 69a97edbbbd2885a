import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { InvalidImageError } from '../../../src/errors/catalogue.ts';
import { checkConvertible } from '../../../src/image/convert/check-convertible.ts';
import {
  ask,
  bases,
  cut,
  disk,
  diskSize,
  dynamicHeader,
  fileOf,
  fileParameters,
  footer,
  formatOf,
  type HeaderCase,
  item,
  mib,
  parentLocator,
  refusesHeaders,
  sectorSize,
  u8,
  u32,
  vhd,
} from '../../support/changed-image.ts';

const cases: readonly HeaderCase[] = [
  ['vhd', 'differencing', footer((part) => part.writeUInt32BE(4, 60)), 'is differencing'],
  ['vhd', 'fixed with a dynamic header', footer((part) => part.writeUInt32BE(2, 60)), 'is of type 2'],
  ['vhd', 'a parent by name', dynamicHeader((part) => part.write('/etc', 64, 'utf16le')), 'has a parent'],
  ['vhd', 'a parent by identity', dynamicHeader((part) => part.fill(7, 40, 56)), 'has a parent'],
  ['vhd', 'a parent by locator', dynamicHeader((part) => part.write('W2ku', 576)), 'has a parent'],
  ['vhd', 'a wrong checksum', u8(70, 1), 'has a footer with a wrong checksum'],
  ['vhd', 'a wrong checksum of its header', u8(512 + 1000, 1), 'has a dynamic header with a wrong checksum'],
  ['vhd', 'a header beyond its end', footer((part) => part.writeUInt32BE(9, 16)), 'is cut short: the dynamic header'],
  ['vhd', 'no dynamic header', dynamicHeader((part) => part.fill(0, 0, 8)), 'has no dynamic header'],
  ['vhd', 'a map beyond its end', dynamicHeader((part) => part.writeUInt32BE(9, 16)), 'is cut short'],
  ['vhd', 'too short a map', dynamicHeader((part) => part.writeUInt32BE(1, 28)), 'maps 1 blocks'],
  ['vhd', 'no block size', dynamicHeader((part) => part.writeUInt32BE(0, 32)), 'has blocks of 0 bytes'],
  ['vhd', 'too large a disk', footer((part) => part.writeBigUInt64BE(1n << 40n, 48)), 'maps'],
  ['vhd', 'an unknown version', footer((part) => part.writeUInt32BE(0x00020000, 12)), 'footer of an unknown version'],
  ['fixed', 'another size', vhd(-512, 512, 64, (part) => part.writeBigUInt64BE(512n, 48)), 'says 512 bytes and has'],
  ['fixed', 'no footer', cut(4 * mib), 'has no footer, neither'],
  ['fixed', 'a dynamic footer', vhd(-512, 512, 64, (part) => part.writeUInt32BE(3, 60)), 'is of type 3'],
  [
    'vhdx',
    'a parent',
    item(fileParameters, (image, entry, metadata) => {
      image[metadata + image.readUInt32LE(entry + 16) + 4] = 2;
    }),
    'is differencing',
  ],
  [
    'vhdx',
    'a parent locator',
    item(diskSize, (image, _, metadata) => {
      parentLocator.copy(image, metadata + 32 + 32 * image.readUInt16LE(metadata + 10));
      image.writeUInt16LE(image.readUInt16LE(metadata + 10) + 1, metadata + 10);
    }),
    'has a parent',
  ],
  [
    'vhdx',
    'file parameters twice',
    item(sectorSize, (image, entry) => {
      Buffer.from(fileParameters, 'hex').copy(image, entry);
    }),
    'has two entries of',
  ],
  [
    'vhdx',
    'no size',
    item(diskSize, (image, entry) => void image.fill(7, entry, entry + 16)),
    'has no size of the disk',
  ],
  [
    'vhdx',
    'too large a disk',
    item(diskSize, (image, entry, metadata) => {
      image.writeBigUInt64LE(1n << 45n, metadata + image.readUInt32LE(entry + 16));
    }),
    'has a disk of 35184372088832 bytes, more than',
  ],
  [
    'vhdx',
    'sectors of 4096 bytes',
    item(sectorSize, (image, entry, metadata) => {
      image.writeUInt32LE(4096, metadata + image.readUInt32LE(entry + 16));
    }),
    'has sectors of 4096 bytes',
  ],
  [
    'vhdx',
    'an item beyond its end',
    item(diskSize, (image, entry) => void image.writeUInt32LE(0xffffffff, entry + 16)),
    'is cut short: size of the disk',
  ],
  ['vhdx', 'two region tables', u8(256 * 1024 + 60_000, 1), 'has two region tables that differ'],
  ['vhdx', 'a log', u8(64 * 1024 + 48, 1), 'was not closed cleanly'],
  [
    'vhdx',
    'no metadata',
    item(diskSize, (image, _, metadata) => void image.fill(0, metadata, metadata + 8)),
    'has no metadata',
  ],
  ['vdi', 'differencing', u32(0x4c, 4), 'is of type differencing'],
  ['vdi', 'an undo image', u32(0x4c, 3), 'is of type undo'],
  ['vdi', 'a link', u8(0x1a8, 1), 'has a parent'],
  ['vdi', 'a parent', u8(0x1b8, 1), 'has a parent'],
  ['vdi', 'an old version', u32(0x44, 2), 'has version 0.2'],
  ['vdi', 'an absurd block size', u32(0x178, 0xffffffff), 'has blocks of 4294967295 bytes'],
  ['vdi', 'too many blocks', u32(0x180, 0x3fffffff), 'maps 1073741823 blocks'],
  [
    'vdi',
    'a map beyond its end',
    (image) => {
      image.writeUInt32LE(0xfffff000, 0x154);
      image.writeUInt32LE(0xfffffe00, 0x158);
      return undefined;
    },
    'is cut short: its data ends at',
  ],
  ['vdi', 'data inside its map', u32(0x158, 0x200), 'has data at 512'],
  [
    'vdi',
    'too large a disk',
    (image) => {
      image.writeBigUInt64LE(1n << 30n, 0x170);
      image.writeUInt32LE(1024, 0x180);
      image.writeUInt32LE(0x2000, 0x158);
      image.writeUInt32LE(0, 0x184);
      return undefined;
    },
    'has a disk of 1073741824 bytes, more than the 67108864 of the target',
  ],
  [
    'vdi',
    'no disk',
    (image) => {
      image.writeBigUInt64LE(0n, 0x170);
      image.writeUInt32LE(0, 0x180);
      image.writeUInt32LE(0, 0x184);
      return undefined;
    },
    'has a disk of 0 bytes',
  ],
];

suite('hostile headers', () => {
  for (const base of Object.keys(bases) as (keyof typeof bases)[]) {
    test(`accept ${base} as it was made`, async () => {
      assert.equal(await checkConvertible(fileOf(bases[base]), ask(formatOf(base))), disk.length);
    });
    test(`refuse ${base} cut short at any structure`, async () => {
      for (const length of [0, 1, 8, 100, 511, 512, 513, 1024, 1535]) {
        const image = bases[base].subarray(0, length);
        await assert.rejects(checkConvertible(fileOf(image), ask(formatOf(base))), InvalidImageError, `${length}`);
      }
    });
  }

  for (const hostile of cases) {
    const [base, what, , says] = hostile;
    test(`refuse ${base} with ${what}: ${says}`, () => refusesHeaders(hostile));
  }
});

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { InvalidImageError } from '../../../../src/errors/catalogue.ts';
import { checkDiskFormat, checkFirstBytes, detectFormats } from '../../../../src/image/format/disk-format.ts';
import { imageInfoFromWire, imageInfoSchema } from '../../../../src/image/request/image-info.ts';
import { gptImage, mbrImage } from '../../../support/gpt-image.ts';

const info = (diskFormat: string | null) =>
  imageInfoFromWire(imageInfoSchema.validate({ id: 'i', urls: ['http://i/i'], disk_format: diskFormat }).value);

const at = (offset: number, magic: string): Buffer => {
  const bytes = Buffer.alloc(64 * 1024);
  bytes.write(magic, offset, 'latin1');
  return bytes;
};

for (const [format, first] of [
  ['qcow2', at(0, 'QFI\xfb\0\0\0\x03')],
  ['qed', at(0, 'QED\0')],
  ['vmdk', at(0, 'KDMV')],
  ['vmdk', at(0, '# Disk DescriptorFile\nversion=1')],
  ['vhd', at(0, 'conectix')],
  ['vhdx', at(0, 'vhdxfile')],
  ['vdi', at(64, '\x7f\x10\xda\xbe')],
  ['iso', at(0x8001, 'CD001')],
  ['luks', at(0, 'LUKS\xba\xbe\0\x02')],
  ['gzip', gzipSync('x')],
  ['zstd', zstdCompressSync('x')],
  ['xz', at(0, '\xfd7zXZ\0')],
  ['bzip2', at(0, 'BZh91AY&SY')],
] as const) {
  test(`refuses ${format} whatever disk_format says`, () => {
    assert.deepEqual(detectFormats(first), [format]);
    for (const said of ['raw', null, 'unknown']) {
      assert.throws(() => checkFirstBytes(info(said), first), InvalidImageError);
    }
  });
}

test('names every format of a file that is several', () => {
  const both = at(0x8001, 'CD001');
  both.write('QFI\xfb', 0, 'latin1');
  assert.throws(() => checkFirstBytes(info('raw'), both), /begins like qcow2 and iso/);
});

test('lets disks pass', () => {
  for (const image of [gptImage({ sizeBytes: 1 << 20 }), mbrImage({ sizeBytes: 4 << 20 }), randomBytes(10)]) {
    checkFirstBytes(info('raw'), image);
  }
});

test('takes raw in all its names and nothing else', () => {
  for (const format of ['raw', 'RAW', 'gpt', 'unknown', null]) checkDiskFormat(info(format));
  for (const format of ['qcow2', 'iso', 'vmdk', 'raw.gz']) {
    assert.throws(() => checkDiskFormat(info(format)), new RegExp(`disk_format ${format} is not supported yet`));
  }
});

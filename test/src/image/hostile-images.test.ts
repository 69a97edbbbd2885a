import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { InvalidImageError } from '../../../src/errors/catalogue.ts';
import { refuseFooter } from '../../../src/image/format/footer.ts';
import { type Inspection, inspectImage, inspectUnpacked } from '../../../src/image/format/inspect-image.ts';
import { gptImage, mbrImage } from '../../support/gpt-image.ts';

/** Bytes that are not what they are said to be, and parts of what the refusal must say of them. */
interface HostileCase {
  readonly what: string;
  readonly image: Uint8Array;
  /** Default: raw. */
  readonly diskFormat?: string | null;
  /** Default: all that can be written. */
  readonly permitted?: readonly string[];
  readonly says: readonly string[];
}

const gpt = (): Buffer => gptImage({ sizeBytes: 1 << 20, random: false });
const mbr = (): Buffer => mbrImage({ sizeBytes: 1 << 20 });
const blank = (): Buffer => Buffer.alloc(64 * 1024);
const put = (image: Buffer, magic: string, offset = 0): Buffer => {
  image.write(magic, offset, 'latin1');
  return image;
};

const qcow2 = 'QFI\xfb\0\0\0\x03';
const iso = '\x01CD001\x01';
const isoAt = 0x8000;
const vdi = '\x7f\x10\xda\xbe';
const descriptor = (extent: string): Buffer =>
  Buffer.from(
    `# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType="monolithicFlat"\n${extent}\n`,
  );

const cases: readonly HostileCase[] = [
  // Declared to be something harmless.
  { what: 'qcow2 as raw', image: put(blank(), qcow2), says: ['is qcow2', 'by its first bytes, disk_format is raw'] },
  { what: 'qcow2 as gpt', image: put(blank(), qcow2), diskFormat: 'gpt', says: ['is qcow2', 'by its first bytes'] },
  { what: 'qcow2 as iso', image: put(blank(), qcow2), diskFormat: 'iso', says: ['is qcow2', 'by its first bytes'] },
  { what: 'qcow2 as vmdk', image: put(blank(), qcow2), diskFormat: 'vmdk', says: ['is qcow2', 'by its first bytes'] },
  { what: 'vmdk as qcow2', image: put(blank(), 'KDMV'), diskFormat: 'qcow2', says: ['is vmdk', 'by its first bytes'] },
  { what: 'vhd as raw', image: put(blank(), 'conectix'), says: ['is vhd', 'by its first bytes'] },
  { what: 'vhdx as raw', image: put(blank(), 'vhdxfile'), says: ['is vhdx', 'by its first bytes'] },
  { what: 'vdi as raw', image: put(blank(), vdi, 64), says: ['is vdi', 'by its first bytes'] },
  { what: 'iso as raw', image: put(blank(), iso, isoAt), says: ['is iso', 'by its first bytes'] },
  { what: 'hybrid iso with MBR as raw', image: put(mbr(), iso, isoAt), says: ['is iso', 'by its first bytes'] },
  { what: 'hybrid iso with GPT as raw', image: put(gpt(), iso, isoAt), says: ['is iso', 'by its first bytes'] },
  { what: 'UDF as raw', image: put(blank(), '\0BEA01\x01', isoAt), says: ['is iso', 'by its first bytes'] },
  {
    what: 'raw as qcow2',
    image: gpt(),
    diskFormat: 'qcow2',
    says: ['is raw', 'by its first bytes, disk_format is qcow2'],
  },
  { what: 'raw as iso', image: mbr(), diskFormat: 'iso', says: ['is raw', 'by its first bytes, disk_format is iso'] },
  { what: 'an invented format', image: gpt(), diskFormat: 'host_device', says: ['has disk_format host_device'] },
  { what: 'a format in JSON', image: gpt(), diskFormat: 'json:{}', says: ['has disk_format json:{}'] },
  { what: 'a name of Object', image: gpt(), diskFormat: 'constructor', says: ['has disk_format constructor'] },
  // Two at once.
  { what: 'qcow2 with GPT', image: put(gpt(), qcow2), says: ['several things at once', ': qcow2 and mbr and gpt'] },
  { what: 'qcow2 with GPT, as qcow2', image: put(gpt(), qcow2), diskFormat: 'qcow2', says: ['qcow2 and mbr and gpt'] },
  { what: 'qcow2 with MBR', image: put(mbr(), qcow2), diskFormat: 'qcow2', says: ['qcow2 and mbr'] },
  { what: 'qcow2 with ISO', image: put(put(blank(), iso, isoAt), qcow2), diskFormat: null, says: ['qcow2 and iso'] },
  { what: 'ISO with qcow2', image: put(put(blank(), iso, isoAt), qcow2), diskFormat: 'iso', says: ['qcow2 and iso'] },
  { what: 'ISO with vmdk', image: put(put(blank(), iso, isoAt), 'KDMV'), diskFormat: 'iso', says: ['vmdk and iso'] },
  { what: 'ISO with vhdx and GPT', image: put(put(gpt(), iso, isoAt), 'vhdxfile'), says: ['vhdx and iso'] },
  { what: 'ISO with LUKS', image: put(put(blank(), iso, isoAt), 'LUKS\xba\xbe'), says: ['luks and iso'] },
  { what: 'vdi with qcow2', image: put(put(blank(), vdi, 64), qcow2), diskFormat: null, says: ['qcow2 and vdi'] },
  { what: 'vdi with MBR', image: put(mbr(), vdi, 64), diskFormat: 'vdi', says: ['vdi and mbr'] },
  { what: 'vhd with GPT', image: put(gpt(), 'conectix'), diskFormat: 'vhd', says: ['vhd and mbr and gpt'] },
  {
    what: 'qcow2 with vdi and ISO',
    image: put(put(put(blank(), iso, isoAt), vdi, 64), qcow2),
    says: ['qcow2 and vdi and iso'],
  },
  { what: 'gzip with ISO', image: put(put(blank(), iso, isoAt), '\x1f\x8b\x08'), says: ['iso and gzip'] },
  { what: 'xz with GPT', image: put(gpt(), '\xfd7zXZ\0'), says: ['xz and gpt'] },
  { what: 'qcow2 with tar', image: put(put(blank(), 'ustar', 257), qcow2), says: ['qcow2 and tar'] },
  {
    what: 'raw with a second header of LUKS',
    image: put(gpt(), 'SKUL\xba\xbe', 0x8000),
    says: ['luks and mbr and gpt'],
  },
  {
    what: 'vhdx with GPT for 4096-byte sectors',
    image: put(put(blank(), 'EFI PART', 4096), 'vhdxfile'),
    diskFormat: 'vhdx',
    says: ['vhdx and gpt'],
  },
  {
    what: 'qcow2 with GPT alone',
    image: put(put(blank(), 'EFI PART', 512), qcow2),
    diskFormat: 'qcow2',
    says: ['qcow2 and gpt'],
  },
  // Descriptors that name other files.
  {
    what: 'vmdk of /dev/sda',
    image: descriptor('RW 1 FLAT "/dev/sda" 0'),
    diskFormat: 'vmdk',
    says: ['is vmdk descriptor'],
  },
  { what: 'vmdk of /etc/shadow as raw', image: descriptor('RW 1 FLAT "/etc/shadow" 0'), says: ['is vmdk descriptor'] },
  {
    what: 'vmdk over http',
    image: descriptor('RW 1 FLAT "http://h/x" 0'),
    diskFormat: null,
    says: ['is vmdk descriptor'],
  },
  {
    what: 'vmdk in disguise',
    image: Buffer.from('# just a comment\r\n\n   \n#\nversion=1\nRW 1 FLAT "/etc/shadow" 0\n'),
    says: ['is vmdk descriptor'],
  },
  // Known and not written.
  {
    what: 'qcow of version 1',
    image: put(blank(), 'QFI\xfb\0\0\0\x01'),
    says: ['is qcow of version 1', ', which cannot'],
  },
  { what: 'qcow2 of version 4', image: put(blank(), 'QFI\xfb\0\0\0\x04'), says: ['qcow2 of an unknown version'] },
  { what: 'qed', image: put(blank(), 'QED\0'), says: ['is qed', ', which cannot be written'] },
  { what: 'LUKS', image: put(blank(), 'LUKS\xba\xbe\0\x02'), diskFormat: null, says: ['is luks', ', which cannot'] },
  { what: 'parallels', image: put(blank(), 'WithoutFreeSpace'), says: ['is parallels', ', which cannot'] },
  {
    what: 'cloop',
    image: put(blank(), '#!/bin/sh\n#V2.0 Format\nmodprobe cloop'),
    says: ['is cloop', ', which cannot'],
  },
  { what: 'an OVA', image: put(blank(), 'ustar', 257), says: ['is tar (or OVA)', ', which cannot'] },
  { what: 'a zip', image: put(blank(), 'PK\x03\x04'), says: ['is zip', ', which cannot'] },
  // Not permitted.
  {
    what: 'iso',
    image: put(blank(), iso, isoAt),
    diskFormat: 'iso',
    permitted: ['raw', 'gpt', 'qcow2'],
    says: ['is iso', ', permitted are'],
  },
  {
    what: 'vmdk',
    image: put(blank(), 'KDMV'),
    diskFormat: null,
    permitted: ['raw', 'gpt', 'qcow2'],
    says: ['is vmdk', ', permitted'],
  },
  { what: 'raw', image: gpt(), permitted: ['qcow2'], says: ['is raw', ', permitted are qcow2'] },
  // Cut short.
  { what: 'nothing', image: Buffer.alloc(0), says: ['is empty'] },
  { what: 'four bytes of qcow2', image: Buffer.from('QFI\xfb', 'latin1'), says: ['or cut short'] },
  {
    what: 'seven bytes of qcow2',
    image: Buffer.from('QFI\xfb\0\0\0', 'latin1'),
    diskFormat: 'qcow2',
    says: ['or cut short'],
  },
  { what: 'a byte as qcow2', image: Buffer.from('Q'), diskFormat: 'qcow2', says: ['is raw', 'by its first bytes'] },
];

/** The same wrapped in gzip and zstd: what is inside is not believed any more than what is outside. */
const wrappable = cases.filter(({ says }) => !/gzip|xz|empty/.test(says.join()));

const inspection = ({ diskFormat = 'raw', permitted }: HostileCase): Inspection => ({
  imageId: 'i',
  diskFormat,
  permitted: permitted ?? ['raw', 'iso', 'qcow2', 'vmdk', 'vhd', 'vhdx', 'vdi'],
  deep: true,
});

const refusal = (parts: readonly string[]) => (error: Error) => {
  assert.ok(error instanceof InvalidImageError, String(error));
  for (const part of parts) assert.ok(error.message.includes(part), `${error.message} does not say: ${part}`);
  assert.match(error.message, /image i .*; the disk was not touched$/);
  return true;
};

suite('hostile images', () => {
  for (const hostile of cases) {
    test(`refuses ${hostile.what}: ${hostile.says.join(' ')}`, () => {
      assert.throws(() => inspectImage(hostile.image, inspection(hostile)), refusal(hostile.says));
    });
  }

  for (const hostile of wrappable) {
    test(`refuses ${hostile.what} inside zstd: ${hostile.says.join(' ')}`, () => {
      const ask = inspection(hostile);
      assert.throws(() => {
        const form = inspectImage(zstdCompressSync(hostile.image), ask);
        assert.deepEqual(form, { kind: 'compressed', compression: 'zstd' });
        inspectUnpacked(hostile.image, ask, 'zstd');
      }, refusal(hostile.says));
    });
  }

  for (const [inner, image] of [
    ['gzip', gzipSync('x')],
    ['zstd', zstdCompressSync('x')],
    ['xz', Buffer.from('\xfd7zXZ\0', 'latin1')],
    ['bzip2', Buffer.from('BZh91AY&SY', 'latin1')],
  ] as const) {
    test(`refuses ${inner} inside gzip`, () => {
      const ask = inspection({ what: '', image, says: [] });
      assert.throws(() => inspectUnpacked(image, ask, 'gzip'), refusal([`compressed twice (${inner} inside gzip)`]));
    });
  }

  for (const [what, footer, fromEnd] of [
    ['vhd', 'conectix', 512],
    ['vhd', 'conectix', 511],
    ['vmdk', 'KDMV', 1024],
    ['dmg', 'koly', 512],
  ] as const) {
    test(`refuses a raw disk that ends like ${what} (${fromEnd} bytes before)`, () => {
      const image = gpt();
      put(image, footer, image.length - fromEnd);
      assert.deepEqual(inspectImage(image, inspection({ what, image, says: [] })), { kind: 'disk', format: 'raw' });
      assert.throws(() => refuseFooter(image.subarray(-1024), 'i'), new RegExp(`ends with a footer of ${what};`));
    });
  }
});

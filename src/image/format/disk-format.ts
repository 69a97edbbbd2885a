import { InvalidImageError } from '../../errors/catalogue.ts';
import type { ImageInfo } from '../request/image-info.ts';

interface Magic {
  readonly format: string;
  readonly offset: number;
  readonly bytes: Buffer;
}

const text = (format: string, magic: string, offset = 0): Magic => ({
  format,
  offset,
  bytes: Buffer.from(magic, 'latin1'),
});
const hex = (format: string, magic: string, offset = 0): Magic => ({
  format,
  offset,
  bytes: Buffer.from(magic, 'hex'),
});

/** What the formats begin with that are not a raw disk. Sources: QEMU docs/interop, Microsoft VHD(X), RFC 1952, 8878, ... */
const magics: readonly Magic[] = [
  text('qcow2', 'QFI\xfb'),
  text('qed', 'QED\0'),
  text('vmdk', 'KDMV'),
  text('vmdk', 'COWD'),
  text('vmdk', '# Disk DescriptorFile'),
  text('vhd', 'conectix'),
  text('vhdx', 'vhdxfile'),
  hex('vdi', '7f10dabe', 64),
  hex('vdi', 'beda107f', 64),
  text('iso', 'CD001', 0x8001),
  hex('luks', '4c554b53babe'),
  hex('gzip', '1f8b08'),
  hex('zstd', '28b52ffd'),
  hex('xz', 'fd377a585a00'),
  hex('bzip2', '314159265359', 4),
];

/** Every format whose magic is found in the first bytes of an image; 64 KiB are enough to tell. */
export function detectFormats(first: Uint8Array): readonly string[] {
  const found = magics.filter(({ offset, bytes }) => bytes.equals(first.subarray(offset, offset + bytes.length)));
  return [...new Set(found.map(({ format }) => format))];
}

/** gpt: what Glance's inspector calls a raw disk that begins with a GPT. */
const rawFormats = ['raw', 'gpt', 'unknown'];

/** Refuses a disk_format that cannot be written; throws InvalidImageError. */
export function checkDiskFormat({ diskFormat }: ImageInfo): void {
  if (diskFormat === null || rawFormats.includes(diskFormat.toLowerCase())) return;
  throw new InvalidImageError(`disk_format ${diskFormat} is not supported yet, only raw`);
}

/**
 * Refuses first bytes that are anything but a raw disk, whatever disk_format says: written as it is, such an image would
 * never boot, and a tool that guesses formats later would follow what it says. Throws InvalidImageError.
 */
export function checkFirstBytes({ id, diskFormat }: ImageInfo, first: Uint8Array): void {
  const formats = detectFormats(first);
  if (formats.length === 0) return;
  throw new InvalidImageError(
    `image ${id} begins like ${formats.join(' and ')}, disk_format is ${diskFormat ?? 'not given'}; only raw is supported yet`,
  );
}

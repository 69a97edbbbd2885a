/** What a finding means for whoever wants to write the image. */
export type FindingKind =
  /** A wrapper that is taken off. */
  | 'compression'
  /** A format that is written, as it is or converted. */
  | 'disk'
  /** A format that is known and not written, whatever is asked. */
  | 'unwritable'
  /** A partition table: part of a raw disk, and of a hybrid ISO. */
  | 'table';

export interface Finding {
  readonly name: string;
  readonly kind: FindingKind;
}

interface Magic extends Finding {
  readonly offset: number;
  readonly bytes: Buffer;
}

type Builder = (name: string, magic: string, offset?: number) => Magic;

const text =
  (kind: FindingKind): Builder =>
  (name, magic, offset = 0) => ({ name, kind, offset, bytes: Buffer.from(magic, 'latin1') });
const hex =
  (kind: FindingKind): Builder =>
  (name, magic, offset = 0) => ({ name, kind, offset, bytes: Buffer.from(magic, 'hex') });

const [disk, unwritable] = [text('disk'), text('unwritable')];
const [unwritableHex, compressionHex] = [hex('unwritable'), hex('compression')];

/** LUKS2 keeps a second header at one of these places, for when the first is gone (LUKS2 On-Disk Format, 2.1). */
const luksCopies = [0x4000, 0x8000, 0x10000, 0x20000, 0x40000, 0x80000, 0x100000, 0x200000];

/**
 * Magics at fixed places. Sources: QEMU docs/interop and the probes of its drivers (qcow2, qed, bochs, cloop, parallels), VMware
 * Virtual Disk Format 1.1, Microsoft VHD 1.0 and MS-VHDX, VirtualBox VDI, ECMA-119 and ECMA-167, UEFI 5.3.2, RFC 1952,
 * RFC 8878, the .xz format, lz4 and lzip, APPNOTE of zip, POSIX ustar.
 */
const magics: readonly Magic[] = [
  disk('qcow2', 'QFI\xfb\0\0\0\x02'),
  disk('qcow2', 'QFI\xfb\0\0\0\x03'),
  unwritable('qcow of version 1', 'QFI\xfb\0\0\0\x01'),
  unwritable('qed', 'QED\0'),
  disk('vmdk', 'KDMV'),
  unwritable('vmdk of ESX (COWD)', 'COWD'),
  unwritableHex('vmdk of ESX (SE sparse)', 'bebafeca00000000'),
  disk('vhd', 'conectix'),
  disk('vhdx', 'vhdxfile'),
  hex('disk')('vdi', '7f10dabe', 64),
  unwritable('parallels', 'WithoutFreeSpace'),
  unwritable('parallels', 'WithouFreSpacExt'),
  unwritable('bochs', 'Bochs Virtual HD Image'),
  unwritable('cloop', '#!/bin/sh\n#V2.0 Format\nmodprobe cloop'),
  unwritable('luks', 'LUKS\xba\xbe'),
  ...luksCopies.map((offset) => unwritable('luks', 'SKUL\xba\xbe', offset)),
  disk('iso', 'CD001', 0x8001),
  // UDF without an ISO 9660 bridge.
  disk('iso', 'BEA01', 0x8001),
  disk('iso', 'NSR02', 0x8001),
  disk('iso', 'NSR03', 0x8001),
  compressionHex('gzip', '1f8b08'),
  compressionHex('zstd', '28b52ffd'),
  // Frames that a decoder skips; pzstd begins with one.
  ...Array.from({ length: 16 }, (_, low) => compressionHex('zstd', `5${low.toString(16)}2a4d18`)),
  compressionHex('xz', 'fd377a585a00'),
  // The first block, or the end of an empty stream, after the block size.
  ...[...'123456789'].flatMap((size) => [
    text('compression')('bzip2', `BZh${size}1AY&SY`),
    text('compression')('bzip2', `BZh${size}\x17rE8P\x90`),
  ]),
  unwritableHex('lz4', '04224d18'),
  unwritable('lzip', 'LZIP'),
  unwritable('zip', 'PK\x03\x04'),
  unwritableHex('7z', '377abcaf271c'),
  unwritable('tar (or OVA)', 'ustar', 257),
  text('table')('mbr', '\x55\xaa', 510),
  text('table')('gpt', 'EFI PART', 512),
  text('table')('gpt', 'EFI PART', 4096),
];

const has = (first: Uint8Array, { offset, bytes }: Magic): boolean =>
  bytes.equals(first.subarray(offset, offset + bytes.length));

const latin1 = (first: Uint8Array, start: number, end: number): string =>
  Buffer.from(first.subarray(start, end)).toString('latin1');

/** What is told by more than bytes at a place. */
const shapes: readonly (Finding & { readonly matches: (first: Uint8Array) => boolean })[] = [
  { name: 'qcow2 of an unknown version, or cut short', kind: 'unwritable', matches: isUnknownQcow },
  { name: 'vmdk descriptor', kind: 'unwritable', matches: isVmdkDescriptor },
];

/** Every known thing that the first bytes are, each once; 4 MiB are as much as is ever looked at. */
export function findMagics(first: Uint8Array): readonly Finding[] {
  const found = [...magics.filter((magic) => has(first, magic)), ...shapes.filter(({ matches }) => matches(first))];
  return [...new Map(found.map(({ name, kind }) => [name, { name, kind }])).values()];
}

function isUnknownQcow(first: Uint8Array): boolean {
  if (latin1(first, 0, 4) !== 'QFI\xfb') return false;
  return !['\0\0\0\x01', '\0\0\0\x02', '\0\0\0\x03'].includes(latin1(first, 4, 8));
}

/** Text that names the files of a disk. QEMU takes also those without the usual first comment, if a version follows. */
function isVmdkDescriptor(first: Uint8Array): boolean {
  const start = latin1(first, 0, 64 * 1024);
  return start.startsWith('# Disk DescriptorFile') || /^(?:(?:#[^\n]*| *\r?)\n)*version=\d/.test(start);
}

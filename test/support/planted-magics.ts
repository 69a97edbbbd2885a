/** A thing that an image can be, made from the specifications and not with the code under test. */
export interface PlantedMagic {
  /** What an error must call it. */
  readonly name: string;
  readonly offset: number;
  readonly bytes: Buffer;
}

const plant = (name: string, bytes: string, offset = 0): PlantedMagic => ({
  name,
  offset,
  bytes: Buffer.from(bytes, 'latin1'),
});

export const plantedDisks: readonly PlantedMagic[] = [
  plant('qcow2', 'QFI\xfb\0\0\0\x02'),
  plant('qcow2', 'QFI\xfb\0\0\0\x03'),
  plant('vmdk', 'KDMV\x03\0\0\0'),
  plant('vhd', 'conectix\0\0\0\x02'),
  plant('vhdx', 'vhdxfile'),
  plant('vdi', '\x7f\x10\xda\xbe\x01\0\x01\0', 64),
  plant('iso', '\x01CD001\x01', 0x8000),
  plant('iso', '\0BEA01\x01', 0x8000),
];

export const plantedUnwritable: readonly PlantedMagic[] = [
  plant('qcow of version 1', 'QFI\xfb\0\0\0\x01'),
  plant('qcow2 of an unknown version', 'QFI\xfb\0\0\0\x04'),
  plant('qed', 'QED\0'),
  plant('COWD', 'COWD\x01\0\0\0'),
  plant('SE sparse', '\xbe\xba\xfe\xca\0\0\0\0'),
  plant('vmdk descriptor', '# Disk DescriptorFile\nversion=1\n'),
  plant('vmdk descriptor', '# something else\n\n  \nversion=1\n'),
  plant('parallels', 'WithoutFreeSpace'),
  plant('parallels', 'WithouFreSpacExt'),
  plant('bochs', 'Bochs Virtual HD Image\0'),
  plant('cloop', '#!/bin/sh\n#V2.0 Format\nmodprobe cloop file=$0 && mount -r -t iso9660 /dev/cloop $1\n'),
  plant('luks', 'LUKS\xba\xbe\0\x01'),
  plant('luks', 'LUKS\xba\xbe\0\x02'),
  plant('luks', 'SKUL\xba\xbe\0\x02', 0x4000),
  plant('luks', 'SKUL\xba\xbe\0\x02', 0x8000),
  plant('lz4', '\x04\x22\x4d\x18'),
  plant('lzip', 'LZIP\x01'),
  plant('zip', 'PK\x03\x04'),
  plant('7z', '7z\xbc\xaf\x27\x1c'),
  plant('tar', 'ustar\x0000', 257),
];

export const plantedCompressions: readonly PlantedMagic[] = [
  plant('gzip', '\x1f\x8b\x08'),
  plant('zstd', '\x28\xb5\x2f\xfd'),
  plant('zstd', '\x50\x2a\x4d\x18'),
  plant('xz', '\xfd7zXZ\0'),
  plant('bzip2', 'BZh91AY&SY'),
  plant('bzip2', 'BZh1\x17rE8P\x90'),
];

export const plantedMagics: readonly PlantedMagic[] = [...plantedDisks, ...plantedUnwritable, ...plantedCompressions];

/** The magics on a ground of zeros. */
export function plantMagics(planted: readonly PlantedMagic[], sizeBytes = 64 * 1024): Buffer {
  const image = Buffer.alloc(sizeBytes);
  for (const { offset, bytes } of planted) bytes.copy(image, offset);
  return image;
}

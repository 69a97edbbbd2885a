import { demand, type HeaderBytes, type HeaderFile, readPart } from './header-bytes.ts';

const footerBytes = 512;
const dynamicHeaderBytes = 1024;
const noOffset = Number.POSITIVE_INFINITY;
const kinds = { fixed: 2, dynamic: 3, differencing: 4 };

/** Size of the disk in a VHD that stands alone. Throws HeaderError. Source: Microsoft, Virtual Hard Disk Format 1.0. */
export async function vhdDiskBytes(file: HeaderFile): Promise<number> {
  const start = await readPart(file, 'the footer', 0, footerBytes);
  if (start.text(0, 8) === 'conectix') return dynamicDiskBytes(file, start);
  const end = await readPart(file, 'the footer', file.sizeBytes - footerBytes, footerBytes);
  demand(end.text(0, 8) === 'conectix', 'has no footer, neither at its start nor at its end');
  const diskBytes = checkFooter(end, kinds.fixed);
  demand(diskBytes === file.sizeBytes - footerBytes, `says ${diskBytes} bytes and has ${file.sizeBytes - footerBytes}`);
  return diskBytes;
}

async function dynamicDiskBytes(file: HeaderFile, footer: HeaderBytes): Promise<number> {
  const diskBytes = checkFooter(footer, kinds.dynamic);
  const header = await readPart(file, 'the dynamic header', footer.u64be(16), dynamicHeaderBytes);
  demand(header.text(0, 8) === 'cxsparse', 'has no dynamic header');
  demand(header.u32be(24) === 0x00010000, 'has a dynamic header of an unknown version');
  demand(hasRightSum(header, 36), 'has a dynamic header with a wrong checksum');
  demand(header.isZero(40, 16) && header.isZero(64, 512) && header.isZero(576, 192), 'has a parent');
  const [entries, blockBytes] = [header.u32be(28), header.u32be(32)];
  const isBlock = blockBytes >= 512 && blockBytes <= 1 << 28 && (blockBytes & (blockBytes - 1)) === 0;
  demand(isBlock, `has blocks of ${blockBytes} bytes`);
  demand(entries >= diskBytes / blockBytes, `maps ${entries} blocks of ${blockBytes} bytes for a disk of ${diskBytes}`);
  await readPart(file, 'the last entry of the map', header.u64be(16) + 4 * (entries - 1), 4);
  return diskBytes;
}

/** The size that it states, if it is the right kind and whole. */
function checkFooter(footer: HeaderBytes, kind: number): number {
  const found = footer.u32be(60);
  demand(found !== kinds.differencing, 'is differencing, it has a parent');
  const offset = footer.u64be(16);
  demand(found === kind, `is of type ${found}, ${kind} is what its place says`);
  demand(kind === kinds.fixed ? offset === noOffset : offset < noOffset, 'has a dynamic header out of place');
  demand(footer.u32be(12) === 0x00010000, 'has a footer of an unknown version');
  demand(hasRightSum(footer, 64), 'has a footer with a wrong checksum');
  const diskBytes = footer.u64be(48);
  demand(diskBytes > 0 && diskBytes % 512 === 0, `says that its disk has ${diskBytes} bytes`);
  return diskBytes;
}

/** One's complement of the sum of all bytes, without those of the checksum itself. */
function hasRightSum({ bytes, u32be }: HeaderBytes, place: number): boolean {
  const sum = bytes.reduce((total, byte, index) => (index >= place && index < place + 4 ? total : total + byte), 0);
  return ~sum >>> 0 === u32be(place);
}

import { demand, type HeaderBytes, type HeaderFile, readPart } from './header-bytes.ts';
import { checkVmdkDescriptor } from './vmdk-descriptor.ts';

const sectorBytes = 512;
const headerBytes = 512;
/** Footers are marker, header and end marker, a sector each. */
const footerBytes = 3 * sectorBytes;
/** qemu-img looks so far for a parent, however short the descriptor says it is. */
const parentSearchBytes = 20 * sectorBytes;
const mostDescriptorBytes = 1 << 20;
const gdOffsetPlace = 56;
/** A directory offset of all ones: the true header is in the footer. */
const atEnd = Number.POSITIVE_INFINITY;

/**
 * Size of the disk in a VMDK that is one file: monolithicSparse or streamOptimized, with an embedded descriptor that names
 * nothing outside. Throws HeaderError. Source: VMware, Virtual Disk Format 1.1.
 */
export async function vmdkDiskBytes(file: HeaderFile): Promise<number> {
  const header = await readPart(file, 'the header', 0, headerBytes);
  demand(header.text(0, 4) === 'KDMV', 'has no header of a sparse extent');
  checkHeader(header);
  if (header.u64(gdOffsetPlace) === atEnd) await checkFooter(file, header);
  const capacity = header.u64(12);
  const size = header.u64(28 + 8) * sectorBytes;
  demand(header.u64(28) === 1, 'has its descriptor elsewhere than in the second sector');
  demand(size > 0 && size <= mostDescriptorBytes, `has a descriptor of ${size} bytes`);
  const descriptor = await readPart(file, 'the descriptor', sectorBytes, size);
  const searched = Math.min(Math.max(size, parentSearchBytes), file.sizeBytes - sectorBytes);
  const around = await readPart(file, 'the descriptor', sectorBytes, searched);
  demand(!/parentFileNameHint/i.test(around.text(0, searched)), 'has a parent (parentFileNameHint)');
  checkVmdkDescriptor(descriptor.text(0, size), capacity);
  return capacity * sectorBytes;
}

function checkHeader(header: HeaderBytes): void {
  const version = header.u32(4);
  demand(version >= 1 && version <= 3, `has version ${version}`);
  demand(header.text(73, 4) === '\n \r\n', 'was mangled by a text transfer');
  const [capacity, grain] = [header.u64(12), header.u64(20)];
  // Without a capacity qemu-img takes the descriptor for one that names other files.
  demand(capacity > 0 && capacity < 2 ** 44, `says that its disk has ${capacity} sectors`);
  demand(grain >= 8 && grain <= 1 << 16 && Number.isInteger(Math.log2(grain)), `has grains of ${grain} sectors`);
  const entries = header.u32(44);
  demand(entries > 0 && entries <= 512, `has grain tables of ${entries} entries`);
  demand(header.u16(77) <= 1, `has the unknown compression ${header.u16(77)}`);
}

/** The footer repeats the header and only adds where the directory is. */
async function checkFooter(file: HeaderFile, header: HeaderBytes): Promise<void> {
  const footer = await readPart(file, 'the footer', file.sizeBytes - footerBytes, footerBytes);
  const hasMarkers = footer.u32(8) === 0 && footer.u32(12) === 3 && footer.isZero(2 * sectorBytes, 16);
  demand(hasMarkers, 'has no footer, though its header refers to one');
  const copy = Buffer.from(footer.bytes.subarray(sectorBytes, 2 * sectorBytes));
  demand(footer.u64(sectorBytes + gdOffsetPlace) < atEnd, 'has a footer without a directory');
  header.bytes.copy(copy, gdOffsetPlace, gdOffsetPlace, gdOffsetPlace + 8);
  demand(copy.equals(header.bytes), 'has a footer that differs from its header');
}

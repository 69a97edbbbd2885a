import { demand, type HeaderFile, readPart } from './header-bytes.ts';

const kinds = new Map([
  [3, 'undo'],
  [4, 'differencing'],
]);

/**
 * Size of the disk in a VDI of version 1.1 that stands alone (dynamic or fixed). Throws HeaderError. Source: VirtualBox
 * include/VBox/VDICore.h, which is also what QEMU's block/vdi.c follows.
 */
export async function vdiDiskBytes(file: HeaderFile): Promise<number> {
  const header = await readPart(file, 'the header', 0, 512);
  demand(header.u32(0x40) === 0xbeda107f, 'has no signature of VDI');
  const version = header.u32(0x44);
  demand(version === 0x00010001, `has version ${version >>> 16}.${version & 0xffff}, only 1.1 is known`);
  const kind = header.u32(0x4c);
  demand(kind === 1 || kind === 2, `is of type ${kinds.get(kind) ?? kind}, it does not stand alone`);
  demand(header.isZero(0x1a8, 32), 'has a parent');
  const [sectorBytes, blockBytes] = [header.u32(0x168), header.u32(0x178)];
  demand(sectorBytes === 512, `has sectors of ${sectorBytes} bytes, only 512 are known`);
  demand(blockBytes === 1 << 20, `has blocks of ${blockBytes} bytes, only 1 MiB is known`);
  const [mapOffset, dataOffset, blocks] = [header.u32(0x154), header.u32(0x158), header.u32(0x180)];
  const diskBytes = header.u64(0x170);
  demand(blocks === Math.ceil(diskBytes / blockBytes), `maps ${blocks} blocks for a disk of ${diskBytes} bytes`);
  demand(mapOffset >= 512 && mapOffset % 512 === 0, `has its map at ${mapOffset}`);
  demand(dataOffset >= mapOffset + 4 * blocks && dataOffset % 512 === 0, `has data at ${dataOffset}, inside its map`);
  const allocated = header.u32(0x184);
  demand(allocated <= blocks, `holds ${allocated} of ${blocks} blocks`);
  const end = dataOffset + allocated * blockBytes;
  demand(end <= file.sizeBytes, `is cut short: its data ends at ${end}, beyond its ${file.sizeBytes} bytes`);
  return diskBytes;
}

import { demand, type HeaderBytes, HeaderError, type HeaderFile, readPart } from './header-bytes.ts';

const kib = 1024;
const regionTables = [192 * kib, 256 * kib];
const regionTableBytes = 64 * kib;
const headers = [64 * kib, 128 * kib];
const entryBytes = 32;

/** GUIDs as they lie in the file (MS-VHDX 2.2.3.2 and 2.6.2). */
const guids = {
  map: '6677c22d23f600429d64115e9bfd4a08',
  metadata: '06a27c8b90479a4bb8fe575f050f886e',
  fileParameters: '3767a1ca36fa434db3b633f0aa44e76b',
  diskSize: '2442a52f1bcd7648b2115dbed83bf4b8',
  sectorSize: '1dbf41816fa90947ba47f233a8faab5f',
  parentLocator: '2d5fd3a80bb34d45abf7d3d84834ab0c',
};

/** Size of the disk in a VHDX that stands alone and was closed cleanly. Throws HeaderError. Source: MS-VHDX. */
export async function vhdxDiskBytes(file: HeaderFile): Promise<number> {
  const start = await readPart(file, 'the file type', 0, 8);
  demand(start.text(0, 8) === 'vhdxfile', 'has no signature of VHDX');
  await refuseLog(file);
  const regions = await readRegions(file);
  if (!regions.has(guids.map)) throw new HeaderError('has no block allocation table');
  const metadata = regions.get(guids.metadata);
  if (metadata === undefined) throw new HeaderError('has no metadata');
  const items = await readItems(file, metadata);
  demand(!items.has(guids.parentLocator), 'has a parent');
  const item = async (guid: string, name: string, length: number): Promise<HeaderBytes> => {
    const offset = items.get(guid);
    if (offset === undefined) throw new HeaderError(`has no ${name}`);
    return readPart(file, name, metadata + offset, length);
  };
  const flags = (await item(guids.fileParameters, 'file parameters', 8)).u32(4);
  demand((flags & 2) === 0, 'is differencing, it has a parent');
  const sectorBytes = (await item(guids.sectorSize, 'sector size', 4)).u32(0);
  demand(sectorBytes === 512, `has sectors of ${sectorBytes} bytes, only 512 are known`);
  return (await item(guids.diskSize, 'size of the disk', 8)).u64(0);
}

/** A log would have to be replayed before anything else in the file is true. */
async function refuseLog(file: HeaderFile): Promise<void> {
  for (const offset of headers) {
    const header = await readPart(file, 'a header', offset, 4 * kib);
    if (header.text(0, 4) === 'head') demand(header.isZero(48, 16), 'was not closed cleanly, its log is not empty');
  }
}

/** Offsets of the regions. There are two copies; where they differ, two readers would see two disks. */
async function readRegions(file: HeaderFile): Promise<ReadonlyMap<string, number>> {
  const [first, second] = await Promise.all(
    regionTables.map((offset) => readPart(file, 'a region table', offset, regionTableBytes)),
  );
  if (!first || !second?.bytes.equals(first.bytes)) throw new HeaderError('has two region tables that differ');
  demand(first.text(0, 4) === 'regi', 'has no region table');
  const regions = readEntries(first, 16, first.u32(8), (table, offset) => table.u64(offset));
  for (const [guid, offset] of regions) {
    demand(guid === guids.map || guid === guids.metadata, `has an unknown region ${guid}`);
    demand(offset >= 1024 * kib, `has a region at ${offset}, inside its headers`);
  }
  return regions;
}

/** Offsets of the items inside the metadata region. */
async function readItems(file: HeaderFile, metadata: number): Promise<ReadonlyMap<string, number>> {
  const table = await readPart(file, 'the metadata table', metadata, 64 * kib);
  demand(table.text(0, 8) === 'metadata', 'has no metadata table');
  return readEntries(table, entryBytes, table.u16(10), (entries, offset) => entries.u32(offset));
}

function readEntries(
  table: HeaderBytes,
  start: number,
  count: number,
  valueAt: (table: HeaderBytes, offset: number) => number,
): ReadonlyMap<string, number> {
  demand(count <= 2047, `has a table of ${count} entries`);
  const entries = new Map<string, number>();
  for (let index = 0; index < count; index += 1) {
    const offset = start + index * entryBytes;
    const guid = table.bytes.toString('hex', offset, offset + 16);
    demand(!entries.has(guid), `has two entries of ${guid}`);
    entries.set(guid, valueAt(table, offset + 16));
  }
  return entries;
}

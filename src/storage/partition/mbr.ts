/**
 * The master boot record: first sector of a disk (UEFI specification 2.10, section 5.2). Offsets count from its first byte,
 * whatever the sector size.
 */
export interface Mbr {
  /** The number at offset 440 that Windows and Ironic know a disk by. */
  readonly diskSignature: number;
  /** The entries in use, in order. */
  readonly partitions: readonly MbrPartition[];
}

export interface MbrPartition {
  /** 1 to 4. */
  readonly number: number;
  /** Type byte; 0xee protects a GPT, 0x05, 0x0f and 0x85 hold logical partitions. */
  readonly type: number;
  readonly bootable: boolean;
  /** In sectors. */
  readonly firstLba: number;
  readonly sectors: number;
}

const signatureOffset = 440;
const entriesOffset = 446;
const entryBytes = 16;
const magicOffset = 510;
const protectiveType = 0xee;
const maximumSectors = 0xffffffff;
/** The geometry that every program pretends. */
const heads = 255;
const sectorsPerTrack = 63;

/** Parses the first 512 bytes of a disk; null where they do not end in 55 AA. */
export function parseMbr(bytes: Uint8Array): Mbr | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 512);
  if (view.getUint16(magicOffset, true) !== 0xaa55) return null;
  const partitions = [1, 2, 3, 4].map((number) => parseEntry(view, number)).filter((entry) => entry.type !== 0);
  return { diskSignature: view.getUint32(signatureOffset, true), partitions };
}

function parseEntry(view: DataView, number: number): MbrPartition {
  const at = entriesOffset + (number - 1) * entryBytes;
  return {
    number,
    bootable: view.getUint8(at) === 0x80,
    type: view.getUint8(at + 4),
    firstLba: view.getUint32(at + 8, true),
    sectors: view.getUint32(at + 12, true),
  };
}

/** True where the entries only announce a GPT (also in a hybrid MBR, where others stand beside it). */
export function announcesGpt(mbr: Mbr): boolean {
  return mbr.partitions.some(({ type }) => type === protectiveType);
}

/** The disk signature as Ironic knows it, `0x0123abcd`. */
export function showDiskSignature(mbr: Mbr): string {
  return `0x${mbr.diskSignature.toString(16).padStart(8, '0')}`;
}

/**
 * Gives a copy of the first sector whose protective entry covers a disk of `diskSectors`; unchanged where the entry does not
 * stand alone, because sizes in a hybrid MBR are somebody's choice.
 */
export function withProtectiveSize(sector: Uint8Array, diskSectors: number): Uint8Array {
  const copy = Uint8Array.from(sector);
  const mbr = parseMbr(copy);
  const [protective, ...others] = mbr?.partitions ?? [];
  if (protective?.type !== protectiveType || others.length > 0 || protective.firstLba !== 1) return copy;
  const at = entriesOffset + (protective.number - 1) * entryBytes;
  copy.set(chs(diskSectors - 1), at + 5);
  new DataView(copy.buffer).setUint32(at + 12, Math.min(diskSectors - 1, maximumSectors), true);
  return copy;
}

/** A copy of the first sector with `partition` in the place that its number says. */
export function withMbrEntry(sector: Uint8Array, partition: MbrPartition): Uint8Array {
  const copy = Uint8Array.from(sector);
  const at = entriesOffset + (partition.number - 1) * entryBytes;
  const view = new DataView(copy.buffer);
  view.setUint8(at, partition.bootable ? 0x80 : 0);
  copy.set(chs(partition.firstLba), at + 1);
  view.setUint8(at + 4, partition.type);
  copy.set(chs(partition.firstLba + partition.sectors - 1), at + 5);
  view.setUint32(at + 8, partition.firstLba, true);
  view.setUint32(at + 12, partition.sectors, true);
  return copy;
}

/** Cylinder, head and sector as an entry stores them; ff ff ff where they do not fit (5.2.3). */
function chs(lba: number): readonly [number, number, number] {
  const cylinder = Math.floor(lba / (heads * sectorsPerTrack));
  if (cylinder > 1023) return [0xff, 0xff, 0xff];
  const head = Math.floor(lba / sectorsPerTrack) % heads;
  const sector = (lba % sectorsPerTrack) + 1;
  return [head, sector | ((cylinder >> 8) << 6), cylinder & 0xff];
}

import type { DiskTableEntry } from '../../tools/sfdisk.ts';
import { LayoutError } from './layout-error.ts';
import { type PartitionRole, roleFacts, type TableLabel, typeOf } from './layout-roles.ts';

export type BootMode = 'uefi' | 'bios';

/** What is wanted around the root file system. Sizes in MiB; 0 for none, where there may be none. */
export interface PartitionsWanted {
  readonly rootMib: number;
  readonly swapMib: number;
  readonly ephemeralMib: number;
}

export interface LayoutRequest {
  readonly disk: { readonly sizeBytes: number; readonly sectorBytes: number };
  readonly bootMode: BootMode;
  /** UEFI takes only `gpt`. */
  readonly label: TableLabel;
  /** True for POWER, whose firmware boots from a PReP partition. */
  readonly power: boolean;
  readonly wanted: PartitionsWanted;
  /** null for no config drive. */
  readonly configDriveBytes: number | null;
  readonly efiMib: number;
  readonly biosBootMib: number;
}

/** A partition to be, and what it is for. Addresses are in sectors of the disk. */
export interface PlannedPartition extends DiskTableEntry {
  readonly role: PartitionRole;
}

export interface PartitionLayout {
  readonly label: TableLabel;
  readonly sectorBytes: number;
  /** In order of their place on the disk, which is that of their numbers too. */
  readonly partitions: readonly PlannedPartition[];
}

const mebibyte = 1024 * 1024;
const firstMib = 1;
const prepMib = 8;
const primaryPartitions = 4;
/** Entries of a GPT: 128 of 128 bytes, and a sector for the header (UEFI specification 2.10, section 5.3). */
const gptEntriesBytes = 128 * 128;
/** Start and length of a partition in an MBR have 32 bits; what ends below is in the reach of every program. */
const mbrSectors = 0xffffffff;

interface Wish {
  readonly role: PartitionRole;
  readonly mib: number;
}

/**
 * Places the partitions of a partition image: from 1 MiB on, each on whole MiB, back to back, root last so that it can grow.
 * Pure. Throws LayoutError with the sizes where they do not fit.
 */
export function planPartitions(request: LayoutRequest): PartitionLayout {
  const { label, bootMode, disk } = request;
  const wishes = listWishes(request);
  checkRequest(request, wishes);
  const sectorsPerMib = mebibyte / disk.sectorBytes;
  let nextMib = firstMib;
  const partitions = wishes.map(({ role, mib }, index): PlannedPartition => {
    const firstSector = nextMib * sectorsPerMib;
    nextMib += mib;
    return {
      role,
      number: index + 1,
      firstSector,
      sectors: mib * sectorsPerMib,
      type: typeOf(role, label),
      name: label === 'gpt' ? roleFacts[role].name : null,
      bootable: label === 'msdos' && bootMode === 'bios' && role === 'root',
    };
  });
  const endSector = nextMib * sectorsPerMib;
  const limit = firstSectorBeyond(request);
  if (endSector > limit) throw new LayoutError(describeShortage(request, wishes, endSector, limit));
  return { label, sectorBytes: disk.sectorBytes, partitions };
}

/** The sector behind the last one that a partition may have. */
export function firstSectorBeyond({ disk, label }: Pick<LayoutRequest, 'disk' | 'label'>): number {
  const diskSectors = Math.floor(disk.sizeBytes / disk.sectorBytes);
  if (label === 'msdos') return Math.min(diskSectors, mbrSectors);
  return diskSectors - 1 - Math.ceil(gptEntriesBytes / disk.sectorBytes);
}

function listWishes(request: LayoutRequest): readonly Wish[] {
  const { wanted, configDriveBytes } = request;
  const wishes: readonly Wish[] = [
    ...bootWish(request),
    { role: 'ephemeral', mib: wanted.ephemeralMib },
    { role: 'swap', mib: wanted.swapMib },
    { role: 'config-drive', mib: Math.ceil((configDriveBytes ?? 0) / mebibyte) },
  ];
  return [...wishes.filter(({ mib }) => mib > 0), { role: 'root', mib: wanted.rootMib }];
}

/** What the firmware boots from. A PC that boots the old way from an MBR has its boot loader in the gap before 1 MiB. */
function bootWish({ bootMode, label, power, efiMib, biosBootMib }: LayoutRequest): readonly Wish[] {
  if (bootMode === 'uefi') return [{ role: 'efi', mib: efiMib }];
  if (power) return [{ role: 'prep', mib: prepMib }];
  return label === 'gpt' ? [{ role: 'bios-boot', mib: biosBootMib }] : [];
}

function checkRequest(
  { bootMode, label, disk, wanted, configDriveBytes }: LayoutRequest,
  wishes: readonly Wish[],
): void {
  if (mebibyte % disk.sectorBytes !== 0)
    throw new LayoutError(`sectors of ${disk.sectorBytes} bytes are not understood`);
  if (bootMode === 'uefi' && label !== 'gpt') throw new LayoutError('a machine that boots by UEFI takes only a GPT');
  if (wanted.rootMib < 1) throw new LayoutError(`root_mb is ${wanted.rootMib}, a root partition has at least 1 MiB`);
  if (configDriveBytes === 0) throw new LayoutError('the config drive is empty');
  const odd = wishes.find(({ mib }) => !Number.isSafeInteger(mib) || mib < 1);
  if (odd)
    throw new LayoutError(`the size of the ${odd.role} partition, ${odd.mib} MiB, is not a whole positive number`);
  if (label === 'msdos' && wishes.length > primaryPartitions) {
    const roles = wishes.map(({ role }) => role).join(', ');
    throw new LayoutError(
      `${wishes.length} partitions are wanted (${roles}), an MBR has ${primaryPartitions}; use GPT`,
    );
  }
}

function describeShortage(request: LayoutRequest, wishes: readonly Wish[], end: number, limit: number): string {
  const { sizeBytes, sectorBytes } = request.disk;
  const sizes = wishes.map(({ role, mib }) => `${role} ${mib}`).join(', ');
  const table = request.label === 'gpt' ? 'a GPT' : 'an MBR';
  const toMib = (sectors: number): number => Math.floor((sectors * sectorBytes) / mebibyte);
  return (
    `the partitions (${sizes} MiB) need a disk up to ${toMib(end)} MiB; ` +
    `this one has ${toMib(sizeBytes / sectorBytes)} MiB, of which ${table} can use those up to ${toMib(limit)} MiB`
  );
}

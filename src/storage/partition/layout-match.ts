import type { DiskTable, DiskTableEntry } from '../../tools/sfdisk.ts';
import type { PartitionLayout, PlannedPartition } from './layout.ts';
import { LayoutError } from './layout-error.ts';
import { mayHaveRole, type PartitionRole } from './layout-roles.ts';

const mebibyte = 1024 * 1024;

/** They come last or hold what comes from outside: instances grow root, and config drives differ in size. */
const mayBeLarger: readonly PartitionRole[] = ['root', 'config-drive'];

/**
 * Finds the planned partitions in the table that a disk has, for a deployment that keeps the ephemeral partition: the same
 * roles in the same order, told by place, type and size. Gives the layout with the places of the table. Pure. Throws
 * LayoutError that says all that differs.
 */
export function matchLayout(layout: PartitionLayout, table: DiskTable | null): PartitionLayout {
  if (table === null) throw new LayoutError('the disk has no partition table, so there is no partition to preserve');
  const entries = [...table.partitions].sort((a, b) => a.firstSector - b.firstSector);
  const differences = [
    ...(table.label === layout.label ? [] : [`the table is of kind ${table.label}, ${layout.label} is expected`]),
    ...(table.sectorBytes === layout.sectorBytes ? [] : [`its sectors have ${table.sectorBytes} bytes`]),
    ...(entries.length === layout.partitions.length
      ? differencesOf(layout, entries)
      : [describeCount(layout, entries)]),
  ];
  if (differences.length > 0) {
    throw new LayoutError(`the partition table is not the one to preserve: ${differences.join('; ')}`);
  }
  return {
    ...layout,
    partitions: layout.partitions.map((planned, index) => ({ ...planned, ...entries[index] })),
  };
}

function describeCount({ partitions }: PartitionLayout, entries: readonly DiskTableEntry[]): string {
  const roles = partitions.map(({ role }) => role).join(', ');
  return `it has ${entries.length} partitions, ${partitions.length} are expected (${roles})`;
}

function differencesOf(layout: PartitionLayout, entries: readonly DiskTableEntry[]): readonly string[] {
  return layout.partitions.flatMap((planned, index) => {
    const entry = entries[index];
    return entry === undefined ? [] : differencesOfOne(planned, entry, layout);
  });
}

function differencesOfOne(
  planned: PlannedPartition,
  entry: DiskTableEntry,
  layout: PartitionLayout,
): readonly string[] {
  const what = `partition ${entry.number}, the ${planned.role} one,`;
  const [has, wants] = [entry.sectors, planned.sectors].map((sectors) => sectors * layout.sectorBytes) as [
    number,
    number,
  ];
  const fits = mayBeLarger.includes(planned.role) ? has >= wants : Math.abs(has - wants) < mebibyte;
  return [
    ...(mayHaveRole(entry.type, planned.role, layout.label) ? [] : [`${what} has the type ${entry.type}`]),
    ...(fits ? [] : [`${what} has ${showMib(has)}, ${showMib(wants)} are expected`]),
  ];
}

function showMib(bytes: number): string {
  return `${Math.round((bytes / mebibyte) * 100) / 100} MiB`;
}

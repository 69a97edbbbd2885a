import type { BlockDevice } from '../core/block-device.ts';
import type { RunTool } from '../core/tool.ts';
import { probe } from '../tools/blkid.ts';
import { readTable, type TableEntry } from '../tools/partx.ts';
import { listSignatures } from '../tools/wipefs.ts';
import { readStartBytes } from './sysfs.ts';

/** What libblkid sees on a device, or in a partition that only the table knows. */
export interface DeviceContent {
  /** `/dev/sda1`, or `partition 1 of /dev/sda`. */
  readonly where: string;
  /** GPT type GUID or MBR type, in lower case. */
  readonly partitionType: string | null;
  /** Types of file systems, members and tables. */
  readonly signatures: readonly string[];
  readonly labels: readonly string[];
}

/**
 * Reads the content of a device from the device itself: udev may know nothing or something old, and the kernel may not know
 * the partitions. Throws ToolError, and Error where the content is ambiguous.
 */
export async function readContents(
  target: BlockDevice,
  partitions: readonly string[],
  run: RunTool,
): Promise<readonly DeviceContent[]> {
  const table = await readTable(run, target.disk);
  const own = await readSignatures(target.path, entryOf(target.path, table), run);
  if (target.kind === 'partition') return [own];
  const known = await Promise.all(partitions.map((path) => readSignatures(path, entryOf(path, table), run)));
  const starts = partitions.map(readStartBytes);
  const unknown = table.filter((entry) => !starts.includes(entry.startBytes));
  return [own, ...known, ...(await Promise.all(unknown.map((entry) => probeEntry(target.path, entry, run))))];
}

/** What is on a device that is built on another one: a volume, an array. Throws ToolError. */
export function readUpperContent(path: string, run: RunTool): Promise<DeviceContent> {
  return readSignatures(path, null, run);
}

async function readSignatures(path: string, entry: TableEntry | null, run: RunTool): Promise<DeviceContent> {
  const signatures = await listSignatures(run, path);
  return {
    where: path,
    partitionType: entry?.type ?? null,
    signatures: signatures.map(({ type }) => type),
    labels: signatures.flatMap(({ label }) => label ?? []),
  };
}

async function probeEntry(disk: string, entry: TableEntry, run: RunTool): Promise<DeviceContent> {
  const where = `partition ${entry.number} of ${disk}`;
  const found = await probe(run, disk, entry.startBytes, entry.sizeBytes);
  if (found.kind === 'ambivalent') throw new Error(`blkid finds contradicting content in ${where}`);
  const tags = found.kind === 'found' ? found.tags : {};
  const only = (tag: string | undefined): readonly string[] => (tag === undefined ? [] : [tag]);
  return { where, partitionType: entry.type, signatures: only(tags.TYPE), labels: only(tags.LABEL) };
}

function entryOf(path: string, table: readonly TableEntry[]): TableEntry | null {
  const start = readStartBytes(path);
  return table.find((entry) => entry.startBytes === start) ?? null;
}

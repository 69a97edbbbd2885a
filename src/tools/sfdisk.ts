import type { RunTool, ToolNeed } from '../core/tool.ts';
import { ToolError } from '../errors/tool-error.ts';

export const need: ToolNeed = { program: 'sfdisk', package: 'fdisk' };

/** A partition table. Addresses are in logical sectors of the disk. */
export interface DiskTable {
  /** `gpt`, `msdos`; any other kind that sfdisk can read by its name there (`sun`, `sgi`). */
  readonly label: string;
  readonly sectorBytes: number;
  readonly partitions: readonly DiskTableEntry[];
}

/** A partition in it. */
export interface DiskTableEntry {
  /** Place in the table, from 1. */
  readonly number: number;
  readonly firstSector: number;
  readonly sectors: number;
  /** Type GUID in lower case, or MBR type as `0x83`. */
  readonly type: string;
  /** Name in a GPT; null where it has none, as in an MBR. */
  readonly name: string | null;
  /** The active partition of an MBR. */
  readonly bootable: boolean;
}

/** sfdisk leaves 1 MiB before the first usable sector; this is where the GPT really ends (UEFI 2.10, section 5.3). */
const gptEntriesBytes = 128 * 128;

/**
 * The answer `no-reread` and `no-tell-kernel`: partx tells the kernel, which takes only what changed. The lock keeps udev from
 * looking at a half-written table (systemd, "Locking Block Device Access").
 */
export function writeArgs(disk: string): readonly string[] {
  const kernel = ['--no-reread', '--no-tell-kernel', '--lock=yes'];
  return ['--quiet', '--wipe', 'always', '--wipe-partitions', 'always', ...kernel, disk];
}

export function showArgs(disk: string): readonly string[] {
  return ['--json', disk];
}

/** The input that makes sfdisk write a table (sfdisk(8), "Named-fields format"). */
export function tableScript({ label, sectorBytes, partitions }: DiskTable): string {
  const header = label === 'gpt' ? ['label: gpt', `first-lba: ${2 + gptEntriesBytes / sectorBytes}`] : ['label: dos'];
  const lines = partitions.map((entry) => {
    const fields = [
      `start=${entry.firstSector}`,
      `size=${entry.sectors}`,
      `type=${entry.type.replace(/^0x/, '')}`,
      ...(entry.name === null ? [] : [`name="${entry.name}"`]),
      ...(entry.bootable ? ['bootable'] : []),
    ];
    return `${entry.number} : ${fields.join(', ')}`;
  });
  return `${[...header, 'unit: sectors', '', ...lines].join('\n')}\n`;
}

/** Throws on an unknown shape. */
export function parseTable(stdout: string): DiskTable {
  const { partitiontable } = JSON.parse(stdout) as { readonly partitiontable?: Readonly<Record<string, unknown>> };
  const { label, unit, sectorsize, device, partitions = [] } = partitiontable ?? {};
  if (typeof label !== 'string' || unit !== 'sectors' || typeof device !== 'string' || !Array.isArray(partitions)) {
    throw new Error(`sfdisk gave no partition table: ${stdout.slice(0, 200)}`);
  }
  return {
    label: label === 'dos' ? 'msdos' : label,
    sectorBytes: count(sectorsize, 'sectorsize'),
    partitions: partitions.map((entry: Readonly<Record<string, unknown>>) => parseEntry(entry, device)),
  };
}

function parseEntry(entry: Readonly<Record<string, unknown>>, device: string): DiskTableEntry {
  const { node, start, size, type, name, bootable } = entry;
  const number = typeof node === 'string' && node.startsWith(device) ? /(\d+)$/.exec(node.slice(device.length)) : null;
  if (!number || typeof type !== 'string') throw new Error(`sfdisk gave an unknown entry: ${JSON.stringify(entry)}`);
  return {
    number: Number(number[1]),
    firstSector: count(start, 'start'),
    sectors: count(size, 'size'),
    type: type.length <= 2 ? `0x${type.toLowerCase()}` : type.toLowerCase(),
    name: typeof name === 'string' ? name : null,
    bootable: bootable === true,
  };
}

function count(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw new Error(`sfdisk gave ${what}=${String(value)}`);
  return value;
}

/** Writes a table, wipes the signatures of old content from its partitions, and flushes. The kernel is not told. */
export async function writeTable(run: RunTool, disk: string, table: DiskTable): Promise<void> {
  const effect = { kind: 'device', device: disk } as const;
  await run({ program: need.program, args: writeArgs(disk), input: tableScript(table), effect });
}

/** The table on a disk; null where there is none. */
export async function readTable(run: RunTool, disk: string): Promise<DiskTable | null> {
  const args = showArgs(disk);
  const result = await run({ program: need.program, args, effect: { kind: 'read' }, okExitCodes: [0, 1] });
  if (result.exitCode === 0) return parseTable(result.stdout);
  if (result.stderr.includes('does not contain a recognized partition table')) return null;
  const why = { exitCode: result.exitCode, why: `exit code ${result.exitCode}`, stderrTail: result.stderr.trim() };
  throw new ToolError({ program: need.program, args }, why);
}

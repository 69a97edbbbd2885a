import type { RunTool, ToolNeed } from '../core/tool.ts';
import { isInstalled } from './is-installed.ts';

export const need: ToolNeed = { program: 'efibootmgr', package: 'efibootmgr' };

/** One boot entry of the firmware (UEFI specification 2.10, section 3.1.3). */
export interface BootEntry {
  /** Four upper-case hexadecimal digits, `0001`, as in the variable Boot0001. */
  readonly number: string;
  readonly active: boolean;
  readonly label: string;
  /** Text form of its device path, `HD(1,GPT,...)/File(\EFI\...)`; empty where the tool prints none. */
  readonly devicePath: string;
}

/** The boot variables of the firmware. */
export interface BootVariables {
  /** Numbers in the order in which the firmware tries them; empty when BootOrder is not set. */
  readonly order: readonly string[];
  /** The entry for the next boot only. */
  readonly next: string | null;
  readonly entries: readonly BootEntry[];
}

/** A boot entry to be made. */
export interface NewBootEntry {
  readonly number: string;
  /** Path of the whole disk, `/dev/nvme0n1`. */
  readonly disk: string;
  /** Number of the EFI system partition on it. */
  readonly partition: number;
  readonly label: string;
  /** Path of the loader on that partition, in the firmware's spelling: `\EFI\BOOT\BOOTX64.EFI`. */
  readonly loader: string;
}

export const listArgs: readonly string[] = ['-v'];

/** `-w` gives an MBR without a signature one (the entry needs it to name the disk); it leaves GPT disks alone. */
export function createArgs(entry: NewBootEntry): readonly string[] {
  const where = ['-d', entry.disk, '-p', String(entry.partition), '-w'];
  return ['-c', '-b', entry.number, ...where, '-L', entry.label, '-l', entry.loader];
}

export function deleteArgs(number: string): readonly string[] {
  return ['-b', number, '-B'];
}

/** Parses `efibootmgr -v` of version 15 to 18; lines of other variables and hex dumps are passed over. */
export function parseBootVariables(stdout: string): BootVariables {
  const entries = [...stdout.matchAll(/^Boot([0-9A-Fa-f]{4})([* ]) ([^\t\n]*)(?:\t([^\n]*))?$/gm)].map((match) => ({
    number: (match[1] ?? '').toUpperCase(),
    active: match[2] === '*',
    label: match[3] ?? '',
    devicePath: match[4] ?? '',
  }));
  const order = /^BootOrder: (.*)$/m.exec(stdout)?.[1] ?? '';
  const next = /^BootNext: ([0-9A-Fa-f]{4})/m.exec(stdout)?.[1];
  return {
    order: order.split(',').flatMap((number) => (number.trim() ? [number.trim().toUpperCase()] : [])),
    next: next?.toUpperCase() ?? null,
    entries,
  };
}

/** Throws ToolError where the machine has no firmware variables. */
export async function readBootVariables(run: RunTool): Promise<BootVariables> {
  const { stdout } = await run({ program: need.program, args: listArgs, effect: { kind: 'read' } });
  return parseBootVariables(stdout);
}

/** Makes the entry and puts it first in the boot order. */
export async function createBootEntry(run: RunTool, entry: NewBootEntry): Promise<void> {
  await run({ program: need.program, args: createArgs(entry), effect: { kind: 'nvram' } });
}

/** Deletes the entry and takes it out of the boot order. */
export async function deleteBootEntry(run: RunTool, number: string): Promise<void> {
  await run({ program: need.program, args: deleteArgs(number), effect: { kind: 'nvram' } });
}

/** Whether the program is in this ramdisk at all. */
export async function hasEfibootmgr(run: RunTool): Promise<boolean> {
  return isInstalled(run, { program: need.program, args: ['--version'] });
}

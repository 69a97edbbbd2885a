import type { RunTool, ToolNeed } from '../core/tool.ts';
import { ToolError } from '../errors/tool-error.ts';

export const need: ToolNeed = { program: 'partx', package: 'util-linux' };

/** A partition as the table on the disk has it, whether or not the kernel knows it. */
export interface TableEntry {
  readonly number: number;
  readonly startBytes: number;
  readonly sizeBytes: number;
  /** GPT type GUID or MBR type (`0xfb`), in lower case. */
  readonly type: string;
}

/** partx(8) counts in units of 512 bytes, whatever the sector size of the disk. */
const unitBytes = 512;

export function showArgs(disk: string): readonly string[] {
  return ['--pairs', '--output', 'NR,START,SECTORS,TYPE', disk];
}

function dropArgs(disk: string): readonly string[] {
  return ['--delete', disk];
}

/** Parses lines of `NR="1" START="2048" ...`; throws on any other. */
export function parseEntries(stdout: string): readonly TableEntry[] {
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const cells = Object.fromEntries([...line.matchAll(/([A-Z]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
      const [number, start, sectors] = [cells.NR, cells.START, cells.SECTORS].map(Number);
      if (!number || start === undefined || Number.isNaN(start) || !sectors || cells.TYPE === undefined) {
        throw new Error(`partx gave an unknown line: ${line}`);
      }
      const type = cells.TYPE.toLowerCase();
      return { number, startBytes: start * unitBytes, sizeBytes: sectors * unitBytes, type };
    });
}

/** The partition table on a disk; empty where libblkid finds none, or none that is whole. */
export async function readTable(run: RunTool, disk: string): Promise<readonly TableEntry[]> {
  const args = showArgs(disk);
  const result = await run({ program: need.program, args, effect: { kind: 'read' }, okExitCodes: [0, 1] });
  if (result.exitCode === 0) return parseEntries(result.stdout);
  if (result.stderr.includes('failed to read partition table')) return [];
  throw new ToolError(
    { program: need.program, args },
    { exitCode: 1, why: 'exit code 1', stderrTail: result.stderr.trim() },
  );
}

/** Makes the kernel forget all partitions of a disk; throws ToolError when it knows none, or when one is in use. */
export async function dropPartitions(run: RunTool, disk: string): Promise<void> {
  await run({ program: need.program, args: dropArgs(disk), effect: { kind: 'device', device: disk } });
}

import type { RunTool, ToolNeed } from '../core/tool.ts';
import { askSg, isIllegalRequest, sgExit } from './sg-answer.ts';

export const need: ToolNeed = { program: 'sg_persist', package: 'sg3-utils' };

/** A persistent reservation, SPC-5 5.14. */
export interface ScsiReservation {
  /** The key of whoever holds it, `0x1234abcd`; `0x0` where all that are registered hold it. */
  readonly holder: string;
  /** In the words of sg3-utils: `Write Exclusive`, `Exclusive Access, registrants only`. */
  readonly type: string;
}

/** Opened for reading: a disk that was open for writing is looked at anew by udev. */
function readReservationArgs(device: string): readonly string[] {
  return ['--readonly', '--no-inquiry', '--in', '--read-reservation', device];
}

/** null for none; throws on an unknown answer. */
export function parseReservation(stdout: string): ScsiReservation | null {
  if (/^ *PR generation=\S+, there is NO reservation held\s*$/m.test(stdout)) return null;
  const [, holder] = /^ *Key=(\S+)$/m.exec(stdout) ?? [];
  const [, type] = /^ *scope: [^,]*, +type: (.+)$/m.exec(stdout) ?? [];
  if (holder === undefined || type === undefined) {
    throw new Error(`sg_persist gave an unknown answer: ${stdout.slice(0, 200)}`);
  }
  return { holder, type: type.trim() };
}

/**
 * Who has reserved a disk; null where nobody has, or where the disk does not know persistent reservations. Throws ToolError where
 * the disk does not answer.
 */
export async function readScsiReservation(run: RunTool, device: string): Promise<ScsiReservation | null> {
  const call = { program: need.program, args: readReservationArgs(device), effect: { kind: 'read' } } as const;
  const { illegalRequest, unknownCommand } = sgExit;
  const { stdout, exitCode } = await askSg(run, { ...call, okExitCodes: [0, illegalRequest, unknownCommand] });
  return isIllegalRequest(exitCode) ? null : parseReservation(stdout);
}

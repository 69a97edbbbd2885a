import type { Effect, RunTool, ToolNeed, ToolResult } from '../core/tool.ts';

export const need: ToolNeed = { program: 'hdparm', package: 'hdparm' };

/** What hdparm wrote cannot be understood as the answer of a drive. */
export class HdparmAnswerError extends Error {
  override readonly name = 'HdparmAnswerError';
}

/** EIO: the drive aborted the command, in a form of sense data that hdparm understands. */
const abortedExitCode = 5;

/** What a command of hdparm that changes the drive came to. */
export interface CommandAnswer {
  /**
   * The drive did not take it. hdparm exits 0 although the drive aborted the command where the kernel gives it sense data of the
   * fixed format (Linux 6.1 does for aborted commands): then only its complaint about that tells.
   */
  readonly aborted: boolean;
  readonly exitCode: number;
  /** What it wrote to standard error. */
  readonly said: string;
}

/** True where hdparm could not read the sense data: the registers that it prints after that are not the drive's. */
export function hasSenseComplaint(stderr: string): boolean {
  return /^SG_IO: .*sense data/m.test(stderr);
}

export function commandAnswer({ exitCode, stderr }: ToolResult): CommandAnswer {
  return { aborted: exitCode !== 0 || hasSenseComplaint(stderr), exitCode, said: stderr.trim() };
}

/** Runs hdparm where an aborted command is an answer; throws ToolError for every other failure (no such device, killed). */
export async function runHdparm(
  run: RunTool,
  args: readonly string[],
  effect: Effect,
  limits: { readonly timeoutSeconds?: number } = {},
): Promise<ToolResult> {
  return await run({ program: need.program, args, effect, okExitCodes: [0, abortedExitCode], ...limits });
}

import type { RunTool, ToolCall, ToolResult } from '../core/tool.ts';
import { ToolError } from '../errors/tool-error.ts';

/** Exit codes of sg3-utils that are answers of the drive: sg3_utils(8), EXIT STATUS. */
export const sgExit = {
  notReady: 2,
  mediumError: 3,
  illegalRequest: 5,
  /** The command was not executed; a drive usually says it once. */
  unitAttention: 6,
  unknownCommand: 9,
} as const;

const attentionTries = 4;

/**
 * Runs a program of sg3-utils. It throws ToolError, too, where the program exits with 0 although no answer came from the drive:
 * version 1.46 reports an error of the transport on standard error alone, and then calls the drive ready and unreserved. A unit
 * attention is answered by asking again, unless the call takes it for an answer.
 */
export async function askSg(run: RunTool, call: ToolCall): Promise<ToolResult> {
  const { unitAttention } = sgExit;
  const okExitCodes = call.okExitCodes ?? [0];
  for (let tried = 1; ; tried++) {
    const isLast = tried === attentionTries || okExitCodes.includes(unitAttention);
    const result = await run(isLast ? call : { ...call, okExitCodes: [...okExitCodes, unitAttention] });
    checkTransport(call, result);
    if (isLast || result.exitCode !== unitAttention) return result;
  }
}

function checkTransport(call: ToolCall, { stderr, exitCode }: ToolResult): void {
  if (!/\btransport: |\bOS error: |Driver_status=/i.test(stderr)) return;
  throw new ToolError(call, { exitCode, why: 'no answer came from the drive', stderrTail: stderr.trim() });
}

/** True for the answer of a drive that does not know the command, or not in this form. */
export function isIllegalRequest(exitCode: number): boolean {
  return exitCode === sgExit.illegalRequest || exitCode === sgExit.unknownCommand;
}

import type { RunTool, ToolNeed } from '../core/tool.ts';
import { ToolError } from '../errors/tool-error.ts';
import { askSg, isIllegalRequest, sgExit } from './sg-answer.ts';

export const need: ToolNeed = { program: 'sg_opcodes', package: 'sg3-utils' };

/** A command of SCSI by its operation code and, where it has any, service action. */
export interface ScsiCommand {
  readonly operationCode: number;
  readonly serviceAction?: number;
}

function opcodesArgs({ operationCode, serviceAction }: ScsiCommand, device: string): readonly string[] {
  const codes = serviceAction === undefined ? [operationCode] : [operationCode, serviceAction];
  return [`--opcode=${codes.map((code) => `0x${code.toString(16).padStart(2, '0')}`).join(',')}`, device];
}

export type CommandSupport = 'supported' | 'not-supported' | 'other-units-too';

/** Parses the answer about one command; null where the drive cannot say now. Throws on an unknown one. */
function parseSupport(stdout: string): CommandSupport | null {
  const [, support] = /^ *Command is (.*)$/m.exec(stdout) ?? [];
  if (support === undefined) throw new Error(`sg_opcodes gave an unknown answer: ${stdout.slice(0, 200)}`);
  if (support.startsWith('NOT supported')) return 'not-supported';
  if (!support.startsWith('supported')) return null;
  const [, units = 'not reported'] = /^ *Multiple Logical Units \(MLU\): (.*)$/m.exec(stdout) ?? [];
  return units === 'not reported' || units === 'affects only this logical unit' ? 'supported' : 'other-units-too';
}

/**
 * Whether a drive has a command (REPORT SUPPORTED OPERATION CODES, SPC-5), and whether it would do it to other logical units, too;
 * a drive that does not tell its commands has none. Throws ToolError where it does not answer.
 */
export async function readSupport(run: RunTool, device: string, command: ScsiCommand): Promise<CommandSupport> {
  const call = { program: need.program, args: opcodesArgs(command, device), effect: { kind: 'read' } } as const;
  const { illegalRequest, unknownCommand } = sgExit;
  const { stdout, stderr, exitCode } = await askSg(run, { ...call, okExitCodes: [0, illegalRequest, unknownCommand] });
  if (isIllegalRequest(exitCode)) return 'not-supported';
  const support = parseSupport(stdout);
  if (support === null) {
    throw new ToolError(call, { exitCode, why: 'the drive does not say now', stderrTail: stderr.trim() });
  }
  return support;
}

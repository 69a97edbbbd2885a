import type { RunTool, ToolNeed, ToolResult } from '../core/tool.ts';
import { ToolError } from '../errors/tool-error.ts';
import { askSg } from './sg-answer.ts';
import type { ScsiCapacity } from './sg-readcap.ts';

export const need: ToolNeed = { program: 'sg_format', package: 'sg3-utils' };

/**
 * Without the pause, and back as soon as the drive has begun (IMMED). Sectors stay as large and as protected as they are: the
 * drive would format without protection unless told (FMTPINFO and PFU, SBC-4 table 40).
 */
export function formatArgs(device: string, protection: ScsiCapacity['protection']): readonly string[] {
  return ['--format', '--quick', '--early', ...(protection ? protectionArgs(protection) : []), device];
}

function protectionArgs({ type, intervalExponent }: NonNullable<ScsiCapacity['protection']>): readonly string[] {
  if (type < 1 || type > 3) throw new RangeError(`protection information of an unknown type ${type}`);
  const fields = type === 1 ? ['--fmtpinfo=2'] : ['--fmtpinfo=3', ...(type === 3 ? ['--pfu=1'] : [])];
  return [...fields, `--pie=${intervalExponent}`];
}

/** Accepting it takes a moment; giving up a command that hangs, with resets of the bus, takes the kernel minutes. */
const timeoutSeconds = 300;

/** Resolves when the drive has accepted the command. Throws ToolError; the drive may be at work nevertheless. */
export async function startFormat(
  run: RunTool,
  device: string,
  protection: ScsiCapacity['protection'],
): Promise<ToolResult> {
  const call = {
    program: need.program,
    args: formatArgs(device, protection),
    effect: { kind: 'device', device },
    timeoutSeconds,
  } as const;
  const result = await askSg(run, call);
  if (!result.stdout.includes('Format unit has started')) {
    const { exitCode, stderr } = result;
    throw new ToolError(call, { exitCode, why: 'it does not say that it has started', stderrTail: stderr.trim() });
  }
  return result;
}

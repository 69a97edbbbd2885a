import type { RunTool, ToolNeed, ToolResult } from '../core/tool.ts';
import { askSg } from './sg-answer.ts';

export const need: ToolNeed = { program: 'sg_sanitize', package: 'sg3-utils' };

/** Service actions of SANITIZE (48h), SBC-4 5.36. */
export type SanitizeAction = 'crypto' | 'block' | 'overwrite';

export const sanitizeServiceActions = { overwrite: 0x01, block: 0x02, crypto: 0x03 } as const;

/**
 * Without the pause in which somebody could reconsider, and back as soon as the drive has begun (IMMED). An overwrite is one of
 * zeros. A failed sanitize keeps the drive shut until another one has ended well (AUSE is not set).
 */
function sanitizeArgs(action: SanitizeAction, device: string): readonly string[] {
  return [`--${action}`, ...(action === 'overwrite' ? ['--zero'] : []), '--quick', '--early', device];
}

/** Accepting it takes a moment; giving up a command that hangs, with resets of the bus, takes the kernel minutes. */
const timeoutSeconds = 300;

/** Resolves when the drive has accepted the command. Throws ToolError; the drive may be at work nevertheless. */
export async function startSanitize(run: RunTool, device: string, action: SanitizeAction): Promise<ToolResult> {
  const effect = { kind: 'device', device } as const;
  return askSg(run, { program: need.program, args: sanitizeArgs(action, device), effect, timeoutSeconds });
}

import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'blkdiscard', package: 'util-linux' };

/** A drive may be busy for a while with what it is told to forget. */
const timeoutSeconds = 600;

export interface DiscardRange {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** `--force`: it would not open what the agent itself has claimed, nor discard what has a signature. */
export function discardArgs(device: string, { offsetBytes, lengthBytes }: DiscardRange): readonly string[] {
  return ['--force', '--offset', String(offsetBytes), '--length', String(lengthBytes), device];
}

/**
 * Tells the device that it may forget these bytes (blkdiscard(8), whole sectors); the kernel drops its pages of them. What they read as
 * then is for the device to say. Throws ToolError also where the device has no discard.
 */
export async function discardRange(run: RunTool, device: string, range: DiscardRange): Promise<void> {
  const args = discardArgs(device, range);
  await run({ program: need.program, args, effect: { kind: 'device', device }, timeoutSeconds });
}

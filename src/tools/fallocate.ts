import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'fallocate', package: 'util-linux' };

/** Longest time for one range: the kernel may have to write the zeros itself. */
const timeoutSeconds = 600;

/**
 * Makes a range of a block device read as zero, by fallocate(2) with FALLOC_FL_ZERO_RANGE: a write-zeroes command where the
 * device has one. Whole sectors only. Throws ToolError, SafetyLatchError.
 */
export async function zeroRange(run: RunTool, device: string, offset: number, length: number): Promise<void> {
  await run({
    program: need.program,
    args: ['--zero-range', '--offset', String(offset), '--length', String(length), device],
    effect: { kind: 'device', device },
    timeoutSeconds,
  });
}

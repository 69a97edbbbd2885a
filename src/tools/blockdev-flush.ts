import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'blockdev', package: 'util-linux' };

/** Writes and drops the buffers that the kernel holds of a device (BLKFLSBUF). */
export async function flushDevice(run: RunTool, device: string): Promise<void> {
  await run({ program: need.program, args: ['--flushbufs', device], effect: { kind: 'device', device } });
}

import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'mkswap', package: 'util-linux' };

/** Makes a device a swap area with a label. */
export async function makeSwap(run: RunTool, device: string, label: string): Promise<void> {
  await run({ program: need.program, args: ['--label', label, device], effect: { kind: 'device', device } });
}

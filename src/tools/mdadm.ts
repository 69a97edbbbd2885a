import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'mdadm', package: 'mdadm' };

/** Stops a software RAID array and lets its members go; throws ToolError while it is in use. Their superblocks stay. */
export async function stopArray(run: RunTool, array: string): Promise<void> {
  await run({ program: need.program, args: ['--stop', array], effect: { kind: 'device', device: array } });
}

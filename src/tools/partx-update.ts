import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'partx', package: 'util-linux' };

/** Makes the kernel know the partitions that the table on the disk has now; leaves alone those that did not change. */
export async function updatePartitions(run: RunTool, disk: string): Promise<void> {
  await run({ program: need.program, args: ['--update', disk], effect: { kind: 'device', device: disk } });
}

import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'hwclock', package: 'util-linux-extra', optional: true };

/** Sets the clock that goes on while the machine is off to that of the system. */
export async function saveSystemTime(run: RunTool): Promise<void> {
  await run({ program: need.program, args: ['--systohc'], effect: { kind: 'kernel' } });
}

import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'ntpdate', package: 'ntpsec-ntpdate', optional: true };

/** Sets the clock once and ends. Throws ToolError where no server answers. */
export async function setClockByNtpdate(run: RunTool, server: string): Promise<void> {
  await run({ program: need.program, args: [server], effect: { kind: 'kernel' } });
}

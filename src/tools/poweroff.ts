import type { RunTool, ToolNeed, ToolResult } from '../core/tool.ts';

export const need: ToolNeed = { program: 'poweroff', package: 'systemd-sysv' };

/** Asks the init system to switch the machine off; it answers before it does. */
export function powerOff(run: RunTool): Promise<ToolResult> {
  return run({ program: need.program, args: [], effect: { kind: 'power' } });
}

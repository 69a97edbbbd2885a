import type { RunTool, ToolNeed, ToolResult } from '../core/tool.ts';

export const need: ToolNeed = { program: 'reboot', package: 'systemd-sysv' };

/** Asks the init system to restart the machine; it answers before it does. */
export function reboot(run: RunTool): Promise<ToolResult> {
  return run({ program: need.program, args: [], effect: { kind: 'power' } });
}

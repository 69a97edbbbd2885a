import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'umount', package: 'mount' };

/** Unmounts what `device` has mounted at `mountPoint`; throws ToolError while something is open there. */
export async function unmount(run: RunTool, mounted: { device: string; mountPoint: string }): Promise<void> {
  const effect = { kind: 'device', device: mounted.device } as const;
  await run({ program: need.program, args: [mounted.mountPoint], effect, evenWhenAborted: true });
}

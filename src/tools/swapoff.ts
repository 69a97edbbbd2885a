import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'swapoff', package: 'mount' };

/** All that lies in the swap area is read back into memory first. */
const timeoutSeconds = 600;

/** Stops swapping to a device; throws ToolError where the memory has no room for what it holds. */
export async function stopSwapping(run: RunTool, device: string): Promise<void> {
  await run({ program: need.program, args: [device], effect: { kind: 'device', device }, timeoutSeconds });
}

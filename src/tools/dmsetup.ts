import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'dmsetup', package: 'dmsetup' };

/** dmsetup(8): `--retry` because udev may have just opened it. */
function removeArgs(name: string): readonly string[] {
  return ['remove', '--retry', name];
}

/** Removes a mapping by its name; nothing is written. Throws ToolError while it is in use. */
export async function removeMapping(
  run: RunTool,
  { name, device }: { readonly name: string; readonly device: string },
): Promise<void> {
  await run({ program: need.program, args: removeArgs(name), effect: { kind: 'device', device } });
}

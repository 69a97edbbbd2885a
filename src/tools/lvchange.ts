import type { RunTool, ToolNeed } from '../core/tool.ts';

/** `lvchange` is a name of it. */
export const need: ToolNeed = { program: 'lvm', package: 'lvm2' };

/**
 * lvm(8), lvchange(8): `--yes` for a snapshot, which goes with its origin, and an empty devices file so that LVM looks at all
 * devices, as the kernel does.
 */
function deactivateArgs(volume: string): readonly string[] {
  return ['lvchange', '--yes', '--devicesfile', '', '--activate', 'n', volume];
}

/** Takes a logical volume (`group/volume`) out of the device mapper, with all that it is made of; nothing is written to it. */
export async function deactivateVolume(
  run: RunTool,
  { volume, disk }: { readonly volume: string; readonly disk: string },
): Promise<void> {
  await run({ program: need.program, args: deactivateArgs(volume), effect: { kind: 'device', device: disk } });
}

import type { RunTool, ToolNeed } from '../core/tool.ts';
import { isInstalled } from './is-installed.ts';

export const need: ToolNeed = { program: 'mkfs.btrfs', package: 'btrfs-progs', optional: true };

/** It discards the whole device first, and some take their time over that. */
const timeoutSeconds = 1800;

export async function hasBtrfs(run: RunTool): Promise<boolean> {
  return isInstalled(run, { program: need.program, args: ['--version'] });
}

/** Makes a Btrfs file system with a label (at most 255 bytes). */
export async function makeBtrfs(run: RunTool, device: string, label: string): Promise<void> {
  const args = ['-q', '-f', '-L', label, device];
  await run({ program: need.program, args, effect: { kind: 'device', device }, timeoutSeconds });
}

import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'mke2fs', package: 'e2fsprogs' };

export type ExtKind = 'ext2' | 'ext3' | 'ext4';

/** It discards the whole device first, and some take their time over that. */
const timeoutSeconds = 1800;

/** Makes an ext file system with a label (at most 16 bytes); asks nothing, but still refuses a mounted device. */
export async function makeExt(run: RunTool, device: string, kind: ExtKind, label: string): Promise<void> {
  const args = ['-q', '-F', '-t', kind, '-L', label, device];
  await run({ program: need.program, args, effect: { kind: 'device', device }, timeoutSeconds });
}

import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'mount', package: 'mount' };

export interface MountRequest {
  /** Path of the partition. */
  readonly device: string;
  /** An empty directory. */
  readonly mountPoint: string;
  /** Named, so that the kernel does not try its other file system drivers on a stranger's data. */
  readonly fileSystem: 'vfat';
}

/** `noexec,nosuid,nodev`: what lies on the partition comes from an image and is only read. */
export function readOnlyMountArgs({ device, mountPoint, fileSystem }: MountRequest): readonly string[] {
  return ['-t', fileSystem, '-o', 'ro,noexec,nosuid,nodev', device, mountPoint];
}

/** Mounts a partition read-only; throws ToolError where it holds no such file system. */
export async function mountReadOnly(run: RunTool, request: MountRequest): Promise<void> {
  const args = readOnlyMountArgs(request);
  await run({ program: need.program, args, effect: { kind: 'device', device: request.device } });
}

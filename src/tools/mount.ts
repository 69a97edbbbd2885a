import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'mount', package: 'mount' };

/** What the agent mounts: the file systems that images have, where the kernel knows them. */
export const mountableFileSystems = ['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'vfat'] as const;

export type MountableFileSystem = (typeof mountableFileSystems)[number];

export interface MountOptions {
  /** Named, so that the kernel does not try its other file system drivers on a stranger's data. */
  readonly fileSystem: MountableFileSystem;
  readonly access: 'read-only' | 'read-write';
}

export interface MountRequest extends MountOptions {
  /** Path of the partition. */
  readonly device: string;
  /** An empty directory. */
  readonly mountPoint: string;
}

/** `noexec,nosuid,nodev`: what lies on the partition comes from an image and is only data. */
export function mountArgs({ device, mountPoint, fileSystem, access }: MountRequest): readonly string[] {
  const mode = access === 'read-only' ? 'ro' : 'rw';
  return ['-t', fileSystem, '-o', `${mode},noexec,nosuid,nodev`, device, mountPoint];
}

/** Mounts a partition; throws ToolError where it holds no such file system, or the kernel knows none. */
export async function mount(run: RunTool, request: MountRequest): Promise<void> {
  const args = mountArgs(request);
  await run({ program: need.program, args, effect: { kind: 'device', device: request.device } });
}

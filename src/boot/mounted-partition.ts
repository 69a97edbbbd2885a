import { rmdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Host } from '../core/job-context.ts';
import { type MountOptions, mount } from '../tools/mount.ts';
import { unmount } from '../tools/umount.ts';
import { makeMountDirectory } from './mount-directory.ts';

/** A partition that is mounted as long as the variable lives: `await using esp = await mountPartition(...)`. */
export interface MountedPartition extends AsyncDisposable {
  readonly directory: string;
}

const unmountAttempts = 3;
const unmountPauseMs = 1000;

/**
 * Mounts a partition in a private directory. Its end unmounts, also after an error; an unmounting that fails is
 * an error itself, because the disk would stay busy.
 */
export async function mountPartition(
  host: Pick<Host, 'run' | 'log'>,
  device: string,
  options: MountOptions,
): Promise<MountedPartition> {
  const directory = await makeMountDirectory();
  try {
    await mount(host.run, { device, mountPoint: directory, ...options });
  } catch (error) {
    await undoMount(host, device, directory);
    throw error;
  }
  return {
    directory,
    async [Symbol.asyncDispose]() {
      await unmountStubbornly(host, device, directory);
      await rmdir(directory);
    },
  };
}

/** A mount that failed or was killed may have mounted all the same; then rmdir(2) says EBUSY. Its own error counts more. */
async function undoMount(host: Pick<Host, 'run' | 'log'>, device: string, directory: string): Promise<void> {
  try {
    await rmdir(directory);
  } catch {
    try {
      await unmountStubbornly(host, device, directory);
      await rmdir(directory);
    } catch (error) {
      host.log.warn({ device, directory, error }, 'a failed mount could not be undone');
    }
  }
}

async function unmountStubbornly(host: Pick<Host, 'run' | 'log'>, device: string, mountPoint: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await unmount(host.run, { device, mountPoint });
    } catch (error) {
      if (attempt >= unmountAttempts) throw error;
      host.log.warn({ device, mountPoint, attempt, error }, 'could not unmount, trying again');
      await delay(unmountPauseMs);
    }
  }
}

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasErrorCode } from '../errors/guards.ts';

/** Programs that udev starts (mdadm, for instance) have a new device to themselves for a moment. */
const patienceMilliseconds = 2000;
const lookAgainMilliseconds = 100;

/**
 * Whether the kernel or another process has a disk, or a partition of it, to itself (O_EXCL, open(2)). This sees what neither sysfs
 * nor the mounts of this process tell: mounts of other namespaces, further devices of btrfs, ZFS, targets of iSCSI. The device is
 * opened for reading and let go at once.
 */
export async function isTaken(disk: string, patience = patienceMilliseconds): Promise<boolean> {
  const deadline = performance.now() + patience;
  for (;;) {
    if (await canBeHad(disk)) return false;
    if (performance.now() > deadline) return true;
    await sleep(lookAgainMilliseconds);
  }
}

async function canBeHad(disk: string): Promise<boolean> {
  const { O_RDONLY, O_EXCL, O_NOFOLLOW } = constants;
  try {
    await using _handle = await open(disk, O_RDONLY | O_EXCL | O_NOFOLLOW);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EBUSY')) return false;
    throw error;
  }
}

import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Host } from '../core/job-context.ts';
import { isAlive, type JobOwner, thisProcess } from '../queue/job-owner.ts';
import { parseMounts } from '../storage/device-uses.ts';
import { unmount } from '../tools/umount.ts';
import { makerOf } from './mount-directory.ts';

/** A mount directory whose maker was killed before it could take it away. */
export interface Leftover {
  readonly directory: string;
  /** What is mounted there, topmost first; empty where nothing is any more. */
  readonly devices: readonly string[];
}

/**
 * Which of the directories in `parent` are leftovers, by the text of /proc/self/mountinfo. Pids of another namespace say
 * nothing here, so what was made there is left alone.
 */
export function findLeftovers(
  parent: string,
  names: readonly string[],
  mountinfo: string,
  isGone: (maker: JobOwner) => boolean,
): readonly Leftover[] {
  const mounts = parseMounts(mountinfo).filter(({ mountPoint }) => dirname(mountPoint) === parent);
  return names.flatMap((name) => {
    const maker = makerOf(name);
    if (!maker || !isGone(maker)) return [];
    const directory = join(parent, name);
    const here = mounts.filter(({ mountPoint }) => mountPoint === directory);
    return [{ directory, devices: here.map(({ source }) => source).reverse() }];
  });
}

/** Unmounts and removes leftovers: otherwise their disks would be busy until the next boot. A failure is only logged. */
export async function removeLeftovers(
  host: Pick<Host, 'run' | 'log'>,
  find: () => readonly Leftover[] = leftoversHere,
): Promise<void> {
  try {
    for (const leftover of find()) await removeLeftover(host, leftover);
  } catch (error) {
    host.log.warn({ error }, 'could not look for mount directories of workers that were killed');
  }
}

async function removeLeftover(
  { run, log }: Pick<Host, 'run' | 'log'>,
  { directory, devices }: Leftover,
): Promise<void> {
  try {
    for (const device of devices) await unmount(run, { device, mountPoint: directory });
    await rmdir(directory);
    log.info({ directory, devices }, 'removed the mount directory of a worker that was killed');
  } catch (error) {
    log.warn({ directory, devices, error }, 'the mount directory of a worker that was killed stays');
  }
}

function leftoversHere(): readonly Leftover[] {
  const parent = realpathSync(tmpdir());
  const { pidNamespace } = thisProcess();
  const isGone = (maker: JobOwner): boolean => maker.pidNamespace === pidNamespace && !isAlive(maker);
  return findLeftovers(parent, readdirSync(parent), readFileSync('/proc/self/mountinfo', 'utf8'), isGone);
}

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Set for a test file and so inherited by all that it starts; the value is the file's temporary directory. */
export const markVariable = 'IRONHAND_TEST_DIRECTORY';

/** Something of a test that is still there after its process has ended. */
interface Leftover {
  readonly description: string;
  remove(): void;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // a process or device that went away while we looked is no leftover
  }
}

function processes(directory: string): Leftover[] {
  const mark = `${markVariable}=${directory}`;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const ours = pids.filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(mark));
  return ours.map((pid) => {
    const command = read(`/proc/${pid}/cmdline`).split('\0').join(' ').trim().slice(0, 160);
    return { description: `process ${pid}: ${command}`, remove: () => process.kill(Number(pid), 'SIGKILL') };
  });
}

function loopDevices(directory: string): Leftover[] {
  const loops = readdirSync('/sys/block').filter((name) => name.startsWith('loop'));
  const ours = loops.filter((name) => read(`/sys/block/${name}/loop/backing_file`).startsWith(`${directory}/`));
  return ours.map((name) => ({
    description: `loop device /dev/${name}`,
    remove: () => execFileSync('losetup', ['--detach', `/dev/${name}`]),
  }));
}

/** proc_pid_mountinfo(5): the fifth field is the mount point, with blanks as \040. */
function mounts(directory: string): Leftover[] {
  const points = read('/proc/self/mountinfo')
    .split('\n')
    .map((line) => (line.split(' ')[4] ?? '').replaceAll('\\040', ' '))
    .filter((point) => point.startsWith(`${directory}/`));
  // The innermost first, so that each can be unmounted.
  return points
    .reverse()
    .map((point) => ({ description: `mount ${point}`, remove: () => execFileSync('umount', [point]) }));
}

/** Waits until nothing is found any more, or the time is over; returns what is still there. */
async function waitUntilGone(find: () => Leftover[], milliseconds: number): Promise<Leftover[]> {
  const deadline = performance.now() + milliseconds;
  let found = find();
  while (found.length > 0 && performance.now() < deadline) {
    await delay(50);
    found = find();
  }
  return found;
}

/**
 * Waits for what is on its way out (a helper that cleans up after a test that was killed needs some seconds), then removes the
 * rest, processes first since they hold mounts and devices, and tells what that was.
 */
export async function removeLeftovers(directory: string, graceMilliseconds = 6000): Promise<string[]> {
  const find = (): Leftover[] => [...processes(directory), ...mounts(directory), ...loopDevices(directory)];
  if ((await waitUntilGone(find, graceMilliseconds)).length === 0) return [];
  const killed = processes(directory).map(removed);
  await waitUntilGone(() => processes(directory), 2000);
  return [...killed, ...mounts(directory).map(removed), ...loopDevices(directory).map(removed)];
}

function removed({ description, remove }: Leftover): string {
  try {
    remove();
    return description;
  } catch (error) {
    return `${description} (and it cannot be removed: ${error instanceof Error ? error.message : error})`;
  }
}

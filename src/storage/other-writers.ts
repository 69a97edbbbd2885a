import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import type { BlockDevice } from '../core/block-device.ts';
import { deviceNumber, resolveNumber } from '../tools/device-name.ts';

/** A process that has a device open for writing. */
export interface OtherWriter {
  readonly pid: number;
  readonly program: string;
  /** `/dev/sda1` */
  readonly device: string;
}

/**
 * Other processes that could write to a device: to itself, to the disk that it is on, or to a partition of it. O_EXCL does not
 * keep them out, unless they ask for it themselves; and a program that was killed while the kernel works for it (zeroing a range, for
 * instance) stays here until the kernel is done. Reads /proc of this pid namespace (proc_pid_fd(5)).
 */
export function findOtherWriters(device: BlockDevice): readonly OtherWriter[] {
  return findWriters(device).filter(({ pid }) => pid !== process.pid);
}

/** The same, with this process, where another job may have claimed the device. */
export function findWriters(device: BlockDevice): readonly OtherWriter[] {
  return numbersIn('/proc').flatMap((pid) => {
    const written = writtenDevices(pid).find(
      ({ path, disk }) =>
        path === device.path || path === device.disk || (device.kind === 'disk' && disk === device.path),
    );
    return written ? [{ pid, program: programOf(pid), device: written.path }] : [];
  });
}

function writtenDevices(pid: number) {
  return numbersIn(`/proc/${pid}/fd`).flatMap((fd) => {
    const found = orGone(() => {
      const file = `/proc/${pid}/fd/${fd}`;
      if (!readlinkSync(file).startsWith('/dev/')) return null;
      const stats = statSync(file, { bigint: true });
      return stats.isBlockDevice() && isForWriting(pid, fd) ? resolveNumber(deviceNumber(stats.rdev)) : null;
    });
    return found ? [found] : [];
  });
}

/** The two lowest bits of the flags: O_WRONLY or O_RDWR (open(2)). */
function isForWriting(pid: number, fd: number): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1];
  return flags === undefined || (Number.parseInt(flags, 8) & 3) !== 0;
}

function programOf(pid: number): string {
  return orGone(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) ?? 'unknown';
}

function numbersIn(directory: string): readonly number[] {
  const names = orGone(() => readdirSync(directory)) ?? [];
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** null for what belongs to a process that has ended, or to one of another user. */
function orGone<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

import { readFileSync } from 'node:fs';
import type { ResolvedDevice } from '../core/safety-latch.ts';
import { resolveDevice, resolveNumber } from '../tools/device-name.ts';

/** Somebody uses a block device. */
export interface Use {
  readonly kind: 'mounted' | 'swap' | 'held';
  /** `/dev/sda1` */
  readonly device: string;
  /** Mount point, or the device that is built on it. */
  readonly by: string;
}

/** What is mounted in the view of this process; what others have mounted elsewhere is found by O_EXCL. */
export function readMounts(): readonly Use[] {
  return parseMounts(readFileSync('/proc/self/mountinfo', 'utf8')).flatMap(({ number, source, mountPoint }) => {
    // Some file systems (btrfs) show a number that is no device's; then the source tells.
    const device = firstDevice(
      () => resolveNumber(number),
      () => resolveDevice(source),
    );
    return device === null ? [] : [{ kind: 'mounted' as const, device, by: mountPoint }];
  });
}

export function readSwaps(): readonly Use[] {
  return parseSwaps(readFileSync('/proc/swaps', 'utf8')).flatMap((path) => {
    const device = firstDevice(() => resolveDevice(path));
    return device === null ? [] : [{ kind: 'swap' as const, device, by: 'swap' }];
  });
}

export interface MountEntry {
  /** `major:minor` */
  readonly number: string;
  readonly source: string;
  readonly mountPoint: string;
}

/** proc_pid_mountinfo(5). */
export function parseMounts(mountinfo: string): readonly MountEntry[] {
  return lines(mountinfo).map((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , number, , mountPoint] = before.split(' ');
    const [, source] = after.split(' ');
    if (!number || !mountPoint || !source) throw new Error(`unknown line in mountinfo: ${line}`);
    return { number, source: unescapeOctal(source), mountPoint: unescapeOctal(mountPoint) };
  });
}

/** proc_swaps(5): a headline, then one line per swap area that begins with its path. */
export function parseSwaps(swaps: string): readonly string[] {
  return lines(swaps)
    .slice(1)
    .map((line) => unescapeOctal(line.split(/\s/)[0] ?? ''));
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Text as the kernel tells it in mounts and swaps, where a blank is `\040`. */
export function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function firstDevice(...attempts: readonly (() => ResolvedDevice)[]): string | null {
  for (const attempt of attempts) {
    try {
      return attempt().path;
    } catch {
      // No block device: a tmpfs, a swap file, an overlay.
    }
  }
  return null;
}

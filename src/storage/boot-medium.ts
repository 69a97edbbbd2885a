import { readMounts, type Use } from './device-uses.ts';
import { readAttribute, readParent, readRelatives } from './sysfs.ts';

/** A disk that holds the system that is running now. */
export interface BootMedium {
  readonly disk: string;
  /** One sentence, without a full stop, that begins with `it`. */
  readonly why: string;
}

/** Where live systems keep the medium that they were started from; a ramdisk that lies in memory alone has none of these. */
const systemMountPoint =
  /^(\/|\/usr|\/cdrom|\/isodevice|(\/run\/live|\/run\/initramfs|\/run\/archiso|\/lib\/live)(\/.*)?)$/;

/**
 * The disks on which the running system lies: what is mounted as `/` or `/usr` or where live systems have their medium, through
 * everything that is in between, image files included.
 */
export function readBootMedia(): readonly BootMedium[] {
  const mounts = readMounts();
  const media = mounts
    .filter(({ by }) => systemMountPoint.test(by))
    .flatMap(({ device, by }) =>
      disksBelow(device, mounts).map((disk) => ({ disk, why: `it holds the running system (mounted on ${by})` })),
    );
  return [...new Map(media.map((medium) => [medium.disk, medium])).values()];
}

/** Every disk that a device lies on, itself included; what they are made of and what files they are made of. */
function disksBelow(device: string, mounts: readonly Use[], seen = new Set<string>()): readonly string[] {
  if (seen.has(device)) return [];
  seen.add(device);
  const next = [readParent(device), ...readRelatives(device, 'slaves'), deviceOfFile(device, mounts)];
  const below = next.flatMap((path) => (path === null ? [] : disksBelow(path, mounts, seen)));
  return readParent(device) === null ? [device, ...below] : below;
}

/** The device that the file lies on of which a loop device is made. */
function deviceOfFile(loop: string, mounts: readonly Use[]): string | null {
  const file = readAttribute(loop, 'loop/backing_file');
  return file === null ? null : deviceOf(file, mounts);
}

/** The device of the innermost mount point that a file is under; null where that is no device. */
export function deviceOf(file: string, mounts: readonly Use[]): string | null {
  const around = mounts.filter(({ by }) => file.startsWith(by === '/' ? '/' : `${by}/`));
  return around.toSorted((one, other) => other.by.length - one.by.length)[0]?.device ?? null;
}

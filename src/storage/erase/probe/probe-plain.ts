import type { BlockDevice } from '../../../core/block-device.ts';
import { readAttribute } from '../../sysfs.ts';
import type { PlainProbe } from '../disk-probe.ts';

/** What the kernel says of a device; injected in tests. */
export type ReadDiscardLimit = (path: string) => string | null;

const readLimit: ReadDiscardLimit = (path) => readAttribute(path, 'queue/discard_max_bytes');

/**
 * What is known of a device that has no erase of its own. Only of loop devices is it certain that what was discarded reads as zero:
 * the kernel punches a hole into what lies beneath, and fallocate(2) defines what that reads as (drivers/block/loop.c). virtio, device
 * mapper, md and USB bridges pass a discard on to something that promises nothing, and the kernel has promised nothing for them since
 * discard_zeroes_data is always 0 (Documentation/ABI/stable/sysfs-block).
 */
export function probePlain(device: BlockDevice, discardLimit: ReadDiscardLimit = readLimit): PlainProbe {
  const isLoop = /^\/dev\/loop\d+$/.test(device.path);
  return { kind: 'plain', zerosAfterDiscard: isLoop && Number(discardLimit(device.path) ?? 0) > 0 };
}

import { realpathSync } from 'node:fs';
import { hasErrorCode } from '../errors/guards.ts';

/** The PCI function that a device of sysfs is on, be it by way of virtio or USB; null for one that is on none. */
export function pciAddress(device: string): string | null {
  try {
    return (
      realpathSync(device)
        .match(/[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7](?=\/|$)/g)
        ?.at(-1) ?? null
    );
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EINVAL')) return null;
    throw error;
  }
}

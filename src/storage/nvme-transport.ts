import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode } from '../errors/guards.ts';
import { kernelName, readAttribute } from './sysfs.ts';

/**
 * How the controllers of an NVMe namespace are reached: `nvme-tcp`, `nvme-rdma`, `nvme-fc`, `nvme-loop`, or `nvme-pcie` for a
 * local one. lsblk says `nvme` for all of them. Empty for other devices.
 */
export function readNvmeTransports(disk: string): readonly string[] {
  if (!/^nvme\d/.test(kernelName(disk))) return [];
  const own = readAttribute(disk, 'device/transport');
  const transports = own === null ? readPathTransports(disk) : [own];
  return transports.map((transport) => `nvme-${transport}`);
}

/** With native multipath the namespace hangs on a subsystem, and that has a directory for each controller. */
function readPathTransports(disk: string): readonly string[] {
  try {
    return readdirSync(join('/sys/class/block', kernelName(disk), 'device'))
      .filter((entry) => /^nvme\d+$/.test(entry))
      .flatMap((controller) => readAttribute(disk, `device/${controller}/transport`) ?? 'unknown');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

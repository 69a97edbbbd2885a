import type { BlockDevice } from '../core/block-device.ts';
import type { Host } from '../core/job-context.ts';
import { listAncestry } from '../tools/lsblk.ts';
import { readNvmeTransports } from './nvme-transport.ts';
import { devicePath, kernelName, readRelatives } from './sysfs.ts';

/** A disk that is not made of others. */
export interface PhysicalDisk {
  readonly path: string;
  /** As lsblk has it; null where it does not know. */
  readonly transport: string | null;
  /** Every way by which it is known to be attached. */
  readonly transports: readonly string[];
}

/** Devices that are elsewhere by nature; lsblk gives no transport for them. */
const networkDevice = /^(rbd|nbd|drbd)\d/;

/** The disks that a device is made of: all paths of a multipath device, all members of an array; for most devices its disk. */
export async function readPhysicalDisks(
  target: BlockDevice,
  host: Pick<Host, 'run'>,
): Promise<readonly PhysicalDisk[]> {
  const isStacked = readRelatives(target.disk, 'slaves').length > 0;
  if (!isStacked) return [describe(target.disk, target.transport)];
  const rows = await listAncestry(host.run, target.disk);
  const disks = rows.filter(({ type }) => type === 'disk' || type === 'loop');
  return [
    ...disks.map((row) => describe(devicePath(row.kernelName), row.transport)),
    describe(target.disk, target.transport),
  ];
}

function describe(path: string, transport: string | null): PhysicalDisk {
  const network = networkDevice.exec(kernelName(path))?.[1];
  const own = [transport, network].filter((name) => typeof name === 'string');
  return { path, transport, transports: [...own, ...readNvmeTransports(path)] };
}

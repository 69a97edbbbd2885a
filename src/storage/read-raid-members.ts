import type { BlockDevice } from '../core/block-device.ts';
import type { Host } from '../core/job-context.ts';
import { probe } from '../tools/blkid.ts';
import { readTable } from '../tools/partx.ts';
import { listSignatures } from '../tools/wipefs.ts';
import type { RaidMember } from './raid-members.ts';
import { readStartBytes } from './sysfs.ts';

/** Names of libblkid: `linux_raid_member`, `isw_raid_member`, `ddf_raid_member`, ... */
const superblock = /raid_member$/;

/**
 * Every superblock of RAID on the given devices and in partitions that only their tables know, read from the devices themselves.
 * A device that cannot be read counts as a member of unknown name: it may be one.
 */
export async function readRaidMembers(devices: readonly BlockDevice[], host: Host): Promise<readonly RaidMember[]> {
  const found = await Promise.all(
    devices.map(async (device): Promise<readonly RaidMember[]> => {
      try {
        return [...(await ownMembers(device, host)), ...(await unknownMembers(device, devices, host))];
      } catch (error) {
        host.log.warn({ device: device.path, error }, 'device cannot be searched for RAID');
        return [{ where: device.path, disk: device.disk, arrayName: null }];
      }
    }),
  );
  return found.flat();
}

async function ownMembers({ path, disk }: BlockDevice, { run }: Host): Promise<readonly RaidMember[]> {
  const signatures = await listSignatures(run, path);
  return signatures
    .filter(({ type }) => superblock.test(type))
    .map(({ label }) => ({ where: path, disk, arrayName: label }));
}

/** Of partitions that the table has and the list has not. */
async function unknownMembers(
  device: BlockDevice,
  devices: readonly BlockDevice[],
  { run }: Host,
): Promise<readonly RaidMember[]> {
  if (device.kind === 'partition') return [];
  const { path: disk } = device;
  const starts = devices
    .filter((other) => other.kind === 'partition' && other.disk === disk)
    .map(({ path }) => readStartBytes(path));
  const unknown = (await readTable(run, disk)).filter(({ startBytes }) => !starts.includes(startBytes));
  const found = await Promise.all(
    unknown.map(async ({ number, startBytes, sizeBytes }) => {
      const where = `partition ${number} of ${disk}`;
      const content = await probe(run, disk, startBytes, sizeBytes);
      if (content.kind === 'ambivalent') return [{ where, disk, arrayName: null }];
      const { TYPE = '', LABEL = null } = content.kind === 'found' ? content.tags : {};
      return superblock.test(TYPE) ? [{ where, disk, arrayName: LABEL }] : [];
    }),
  );
  return found.flat();
}

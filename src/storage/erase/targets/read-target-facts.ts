import type { BlockDevice } from '../../../core/block-device.ts';
import type { IronicNode } from '../../../core/ironic-node.ts';
import type { Host } from '../../../core/job-context.ts';
import { readBootMedia } from '../../boot-medium.ts';
import { readHolders } from '../../holders/read-holders.ts';
import { readRaidMembers } from '../../read-raid-members.ts';
import { readSkipList } from '../../skip-list.ts';
import type { TargetFacts } from './target-facts.ts';

/**
 * What selectEraseTargets wants to know of the devices of a machine; superblocks of RAID are looked for only where the skip list
 * names arrays. Throws DeviceHintError, and Error where the mounts of the running system cannot be followed.
 */
export async function readTargetFacts(
  devices: readonly BlockDevice[],
  node: IronicNode,
  host: Host,
): Promise<TargetFacts> {
  const { volumeNames } = readSkipList(node);
  return {
    holders: readHolders(devices),
    members: volumeNames.length > 0 ? await readRaidMembers(devices, host) : [],
    bootMedia: readBootMedia(),
  };
}

import type { BlockDevice } from '../core/block-device.ts';
import type { IronicNode } from '../core/ironic-node.ts';
import type { Host } from '../core/job-context.ts';
import { ProtectedDeviceError } from '../errors/catalogue.ts';
import { clusterFileSystemOf } from './cluster-file-system.ts';
import type { Use } from './device-uses.ts';
import { type GuardFacts, type GuardFactsByPath, readGuardFacts } from './guard-facts.ts';
import { byName } from './holders/block-tree.ts';
import type { Refusal, RefusalReason } from './refusal.ts';
import { findNamedByIdentity } from './root-device.ts';
import { virtualMediaReason } from './virtual-media.ts';

export interface GuardPolicy {
  /** VMFS, GPFS, GFS2 and OCFS2 are off limits. */
  readonly clusterFileSystems: boolean;
  /** Disks that root device hints name by an identity of their own: for them the network is no objection. */
  readonly named: ReadonlySet<string>;
  /** Serial numbers and WWNs of further disks for which the network is no objection. */
  readonly fabricDevices: readonly string[];
  /** Holders and swap areas that are taken down first: they are no objection. */
  readonly releasable: ReadonlySet<string>;
}

const fabrics = /^(fc|fcoe|iscsi|srp|rbd|nbd|drbd|nvme-(?!pcie$).*)$/;

/** All reasons for all devices. Pure; what could not be read is refused. */
export function findRefusals(
  devices: readonly BlockDevice[],
  facts: GuardFactsByPath,
  policy: GuardPolicy,
): readonly Refusal[] {
  // The words for a mounted partition are the same on its disk: the disk comes first, whatever the order.
  const ordered = devices.toSorted((one, other) => depth(one) - depth(other) || byName(one.path, other.path));
  const refusals = ordered.flatMap((device) => {
    const known = facts.get(device.path) ?? new Error('nothing is known of it');
    const disk = devices.find(({ path }) => path === device.disk) ?? device;
    const found = known instanceof Error ? [unreadable(device, known)] : refusalsOf({ device, disk }, known, policy);
    return found.map((refusal) => ({ refusal, key: `${disk.path} ${refusal.detail}` }));
  });
  const first = new Map(refusals.toReversed().map(({ key, refusal }) => [key, refusal]));
  return [...new Set(refusals.map(({ key }) => key))].flatMap((key) => first.get(key) ?? []);
}

function depth({ kind }: BlockDevice): number {
  return kind === 'disk' ? 0 : 1;
}

function unreadable({ path }: BlockDevice, { message }: Error): Refusal {
  return { device: path, reason: 'unreadable', detail: `${path} cannot be judged: ${message}` };
}

/**
 * Lets pass only when nothing speaks against destroying any of the devices; called with all of them before the first byte is
 * written. Throws ProtectedDeviceError with all reasons.
 */
export async function assertMayDestroy(
  targets: readonly BlockDevice[],
  host: Host,
  options: { readonly node: IronicNode },
): Promise<void> {
  const facts = await readGuardFacts(targets, host);
  const refusals = findRefusals(targets, facts, {
    clusterFileSystems: guardsClusterFileSystems(host, options.node),
    named: findNamedByIdentity(targets, options.node),
    fabricDevices: [],
    releasable: new Set(),
  });
  if (refusals.length > 0) throw new ProtectedDeviceError(refusals.map(({ detail }) => detail).join('; '));
}

/** The node's `wipe_special_filesystems: false` switches this part off, as in ironic-python-agent; its option does too. */
export function guardsClusterFileSystems(host: Host, node: IronicNode): boolean {
  return host.config.guardSpecialFilesystems && node.driver_internal_info?.wipe_special_filesystems !== false;
}

interface Judged {
  readonly device: BlockDevice;
  /** That it is or lies on. */
  readonly disk: BlockDevice;
}

function refusalsOf({ device, disk }: Judged, facts: GuardFacts, policy: GuardPolicy): readonly Refusal[] {
  const refuse = (reason: RefusalReason, detail: string): Refusal => ({ device: device.path, reason, detail });
  const isTakenDown = ({ kind, device: used, by }: Use): boolean =>
    kind !== 'mounted' && policy.releasable.has(kind === 'held' ? by : used);
  return [
    ...(facts.readOnly || device.readOnly ? [refuse('read-only', `${device.path} is read-only`)] : []),
    ...facts.uses
      .filter((use) => !isTakenDown(use))
      .map(({ kind, device: used, by }) => refuse(kind, useDetail[kind](used, by))),
    ...(facts.taken
      ? [refuse('held', `${device.path} is in use: the kernel or another process has it to itself`)]
      : []),
    ...(device.fileSystem === 'mpath_member' ? [refuse('held', `${device.path} is a path of a multipath device`)] : []),
    ...(facts.unreadable === null ? [] : [refuse('unreadable', `${device.path} cannot be read: ${facts.unreadable}`)]),
    ...facts.reservations.map(({ disk: of, holder }) => refuse('reserved', `${of} is reserved by ${holder}`)),
    ...mediumRefusals(device, facts).map(({ reason, why }) => refuse(reason, `${device.path} must stay: ${why}`)),
    ...(policy.clusterFileSystems ? facts.contents : []).flatMap((content) => {
      const fileSystem = clusterFileSystemOf(content);
      if (fileSystem === null) return [];
      return [refuse('cluster-file-system', `${content.where} holds ${fileSystem}, which other machines may be using`)];
    }),
    ...fabricRefusals(disk, facts, policy).map((detail) => refuse('fabric', detail)),
  ];
}

function mediumRefusals(device: BlockDevice, { contents, bootMedium }: GuardFacts) {
  const labels = contents.flatMap((content) => content.labels);
  const virtual = virtualMediaReason(device, labels);
  return [
    ...(virtual === null ? [] : [{ reason: 'virtual-media' as const, why: virtual }]),
    ...(bootMedium === null ? [] : [{ reason: 'boot-medium' as const, why: bootMedium }]),
  ];
}

function fabricRefusals(disk: BlockDevice, { transports }: GuardFacts, policy: GuardPolicy): readonly string[] {
  const fabric = transports.find((name) => fabrics.test(name));
  if (fabric === undefined || policy.named.has(disk.path) || isListed(disk, policy.fabricDevices)) return [];
  return [
    `${disk.path} is attached by ${fabric} and no root device hint names it by name, serial or wwn, nor does fabric_devices`,
  ];
}

/** By serial number or WWN, in any spelling that is known of it. */
function isListed(disk: BlockDevice, wanted: readonly string[]): boolean {
  const { serial, otherSerials = [], wwn, otherWwns = [], wwnWithExtension } = disk;
  const own = [serial, ...otherSerials, wwn, ...otherWwns, wwnWithExtension].flatMap((id) => (id ? [plain(id)] : []));
  return wanted.some((id) => plain(id) !== '' && own.includes(plain(id)));
}

function plain(id: string): string {
  return id.trim().toLowerCase().replace(/^0x/, '');
}

const useDetail = {
  mounted: (device: string, by: string) => `${device} is mounted on ${by}`,
  swap: (device: string) => `${device} is used as swap`,
  held: (device: string, by: string) => `${device} is part of ${by}`,
} as const;

import type { BlockDevice } from '../../../src/core/block-device.ts';
import type { IronicNode } from '../../../src/core/ironic-node.ts';
import type { TargetFacts } from '../../../src/storage/erase/targets/target-facts.ts';
import type { GuardFacts } from '../../../src/storage/guard-facts.ts';
import { Hardware } from './hardware.ts';
import { choose, type MachineSeed } from './machine-seed.ts';

/** A machine as the code sees it, and what may not be touched on it as it really is. */
export interface Machine {
  readonly devices: readonly BlockDevice[];
  readonly node: IronicNode;
  readonly options: MachineSeed['options'];
  readonly facts: TargetFacts;
  readonly guardFacts: ReadonlyMap<string, GuardFacts>;
  readonly policy: { readonly clusterFileSystems: boolean; readonly named: ReadonlySet<string> };
  readonly hardware: Hardware;
  /** What may not be harmed, whatever the reason. */
  readonly untouchable: readonly string[];
  /** Disks that may not be erased as such, although an array on them may be. */
  readonly untouchableDisks: ReadonlySet<string>;
  /** What the erase of a device destroys: itself, all that is built on it, and what it lies on (a part of that, at least). */
  harmedBy(path: string): ReadonlySet<string>;
}

export function buildMachine(seed: MachineSeed): Machine {
  const hardware = new Hardware(seed);
  const { devices, nodes, members } = hardware;
  const skips = seed.skips.map((skip) => skipEntry(skip, hardware));
  const named = new Set(seed.named.flatMap((pick) => choose(hardware.disks, pick)?.path ?? []));
  const mounted = [...nodes.values()].filter(({ mountPoints }) => mountPoints.length > 0).map(({ path }) => path);
  const flawed = (...flaws: readonly string[]) =>
    [...hardware.flaws].filter(([, flaw]) => flaws.includes(flaw)).map(([path]) => path);
  return {
    devices,
    node: { uuid: 'n', properties: { skip_block_devices: skips.map(({ entry }) => entry) } },
    options: seed.options,
    facts: { holders: { nodes: [...nodes.values()], unread: [] }, members, bootMedia: bootMedia(hardware) },
    guardFacts: new Map(devices.map((device) => [device.path, guardFactsOf(device, hardware)])),
    policy: { clusterFileSystems: seed.clusterGuard, named },
    hardware,
    untouchable: [
      ...skips.flatMap(({ paths }) => paths),
      ...mounted,
      ...(seed.clusterGuard ? hardware.clustered : []),
      ...flawed('read-only'),
    ],
    untouchableDisks: new Set([
      ...flawed('virtual', 'reserved', 'unreadable', 'taken'),
      ...flawed('fabric').filter((path) => !named.has(path)),
    ]),
    harmedBy: (path) => new Set([path, ...hardware.lower(path), ...hardware.upper(path)]),
  };
}

/** An entry of the skip list, with the devices that it means. */
function skipEntry({ kind, pick }: MachineSeed['skips'][number], { devices, arrays }: Hardware) {
  const device = choose(devices, pick);
  if (kind === 'volume' || !device) {
    // An array of which the name is not known may be the one that is meant.
    const meant = arrays.filter(({ name }) => name === 'data' || name === null);
    return { entry: { volume_name: 'data' }, paths: meant.flatMap(({ below }) => below) };
  }
  const { serial } = device;
  if (kind === 'name' || serial === null) return { entry: { name: device.path }, paths: [device.path] };
  return { entry: { serial }, paths: devices.filter((other) => other.serial === serial).map(({ path }) => path) };
}

function bootMedia(hardware: Hardware) {
  const paths = hardware.roots.flatMap((root) => [root, ...hardware.lower(root)]);
  const disks = hardware.disks.filter(({ path }) => paths.includes(path));
  return disks.map(({ path: disk }) => ({ disk, why: 'it holds the running system' }));
}

function guardFactsOf(device: BlockDevice, hardware: Hardware): GuardFacts {
  const { nodes, flaws, clustered } = hardware;
  const own = [device, ...hardware.partitionsOf(device.path)].map(({ path }) => path);
  // The kernel knows no partitions of a mapped device: these are holders of it.
  const family = own.filter((path) => path === device.path || nodes.get(path)?.kind === 'partition');
  const upper = family.flatMap((path) => hardware.upper(path));
  const attached = hardware.flawsBelow(device.path);
  return {
    readOnly: device.readOnly,
    uses: family.flatMap((path) => usesOf(path, family, hardware)),
    taken: device.kind === 'disk' && flaws.get(device.path) === 'taken',
    contents: [...family, ...upper]
      .filter((path) => clustered.includes(path))
      .map((where) => ({ where, partitionType: null, signatures: ['gfs2'], labels: [] })),
    transports: attached.map((flaw) => (flaw === 'fabric' ? 'fc' : 'sas')),
    reservations: attached.includes('reserved') ? [{ disk: device.disk, holder: '0x1' }] : [],
    unreadable: flaws.get(device.path) === 'unreadable' ? 'at byte 0: EIO' : null,
    bootMedium: bootMedia(hardware).find(({ disk }) => disk === device.disk)?.why ?? null,
  };
}

function usesOf(device: string, family: readonly string[], { nodes }: Hardware): GuardFacts['uses'] {
  const { mountPoints = [], isSwap = false } = nodes.get(device) ?? {};
  const holders = [...nodes.values()].filter(({ path, below }) => below.includes(device) && !family.includes(path));
  return [
    ...mountPoints.map((by) => ({ kind: 'mounted', device, by }) as const),
    ...(isSwap ? [{ kind: 'swap', device, by: 'swap' } as const] : []),
    ...holders.map(({ path: by }) => ({ kind: 'held', device, by }) as const),
  ];
}

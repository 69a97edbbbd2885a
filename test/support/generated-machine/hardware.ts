import type { BlockDevice } from '../../../src/core/block-device.ts';
import type { BlockNode } from '../../../src/storage/holders/holder-facts.ts';
import type { RaidMember } from '../../../src/storage/raid-members.ts';
import { makeNode } from '../block-node.ts';
import { makeDisk } from '../make-block-device.ts';
import { choose, type DiskSeed, type LayerSeed, type MachineSeed } from './machine-seed.ts';

/** An array as it really is, whatever is known of its name. */
export interface TrueArray {
  readonly below: readonly string[];
  readonly name: string | null;
}

/** Disks, what is built on them and who uses that; grown from a seed. */
export class Hardware {
  readonly devices: BlockDevice[] = [];
  readonly nodes = new Map<string, BlockNode>();
  readonly members: RaidMember[] = [];
  readonly flaws = new Map<string, DiskSeed['flaw']>();
  readonly arrays: TrueArray[] = [];
  /** What holds a clustered file system, and what is mounted as `/`. */
  readonly clustered: string[] = [];
  readonly roots: string[] = [];
  /** Places on which something can be built, with the volume group where they belong to one. */
  readonly #free = new Map<string, string | null>();

  constructor({ disks, layers, uses }: MachineSeed) {
    for (const [index, disk] of disks.entries()) this.#addDisk(disk, index);
    for (const [index, layer] of layers.entries()) this.#addLayer(layer, index);
    for (const use of uses) this.#addUse(use);
  }

  get disks(): readonly BlockDevice[] {
    return this.devices.filter(({ kind }) => kind === 'disk');
  }

  partitionsOf(disk: string): readonly BlockDevice[] {
    return this.devices.filter((device) => device.kind === 'partition' && device.disk === disk);
  }

  /** What a device lies on, however far below. */
  lower(path: string): readonly string[] {
    return (this.nodes.get(path)?.below ?? []).flatMap((below) => [below, ...this.lower(below)]);
  }

  /** What is built on a device, however far above. */
  upper(path: string): readonly string[] {
    return [...this.nodes.keys()].filter((candidate) => this.lower(candidate).includes(path));
  }

  /** What is wrong with the disks that a device is or lies on. */
  flawsBelow(path: string): readonly DiskSeed['flaw'][] {
    return [path, ...this.lower(path)].flatMap((each) => this.flaws.get(each) ?? []);
  }

  #addDisk(seed: DiskSeed, index: number): void {
    const path = seed.isMultipath ? `/dev/dm-${index}` : `/dev/sd${'abcde'[index]}`;
    const fields = fieldsOf(seed, index);
    this.flaws.set(path, seed.flaw);
    this.devices.push(makeDisk(path, fields));
    if (seed.isMultipath) this.#addMap(path, seed, fields);
    else this.nodes.set(path, makeNode(path));
    if (seed.partitions === 0) this.#free.set(path, null);
    for (let number = 1; number <= seed.partitions; number += 1) {
      this.#addPartition(path, seed.isMultipath ? `${path}00${number}` : `${path}${number}`, fields);
    }
  }

  #addMap(path: string, { listsPaths }: DiskSeed, fields: Partial<BlockDevice>): void {
    const below = [`${path.replace('dm-', 'sdx')}`, `${path.replace('dm-', 'sdy')}`];
    this.nodes.set(path, makeNode(path, { kind: 'multipath', name: path, below }));
    for (const lower of listsPaths ? below : []) {
      this.devices.push(makeDisk(lower, { ...fields, vendor: null, model: null }));
      this.nodes.set(lower, makeNode(lower));
    }
  }

  #addPartition(disk: string, path: string, fields: Partial<BlockDevice>): void {
    const isMapped = this.nodes.get(disk)?.kind === 'multipath';
    const kind = isMapped ? 'partition-map' : 'partition';
    this.devices.push(makeDisk(path, { ...fields, kind: 'partition', disk }));
    this.nodes.set(path, makeNode(path, { kind, below: [disk], name: isMapped ? path : null }));
    this.#free.set(path, null);
  }

  #addLayer(layer: LayerSeed, index: number): void {
    const isVolume = layer.kind === 'volume';
    const places = [...this.#free].filter(([, group]) => group === null || (isVolume && group === layer.group));
    const below = [...new Set(layer.picks.flatMap((pick) => choose(places, pick)?.[0] ?? []))];
    const isListed = (path: string): boolean => this.devices.some((device) => device.path === path);
    // A superblock on what is no device of the list cannot be seen.
    const isHidden = layer.kind === 'array' && layer.state === 'stopped' && !below.every(isListed);
    if (below.length === 0 || isHidden) return;
    for (const path of below) {
      if (isVolume) this.#free.set(path, layer.group);
      else this.#free.delete(path);
    }
    if (layer.kind === 'array') this.#addArray(layer, below, index);
    else this.#addMapped(layer, below, index);
  }

  #addMapped({ kind, group }: LayerSeed, below: readonly string[], index: number): void {
    const path = kind === 'bcache' ? `/dev/bcache${index}` : `/dev/dm-${50 + index}`;
    const isVolume = kind === 'volume';
    this.nodes.set(path, makeNode(path, { kind, below, name: `${group}-lv${index}`, group: isVolume ? group : null }));
    this.#free.set(path, null);
  }

  #addArray({ state, name, udevKnows, isPartitioned }: LayerSeed, below: readonly string[], index: number): void {
    for (const where of below) {
      const device = this.devices.find(({ path }) => path === where);
      if (device) this.members.push({ where, disk: device.disk, arrayName: name === null ? null : `host:${name}` });
    }
    this.arrays.push({ below, name });
    if (state === 'stopped') return;
    const path = `/dev/md${index}`;
    this.nodes.set(path, makeNode(path, { kind: 'array', below, isActive: state === 'running' }));
    if (state === 'inactive') return;
    const readOnly = this.flawsBelow(path).includes('read-only');
    const known = udevKnows && name !== null ? { volumeName: name } : {};
    this.devices.push(makeDisk(path, { transport: null, readOnly, ...known }));
    if (isPartitioned) this.#addPartition(path, `${path}p1`, { transport: null });
    else this.#free.set(path, null);
  }

  /** Only what nothing is built on can be mounted. */
  #addUse({ kind, pick }: MachineSeed['uses'][number]): void {
    const path = choose(
      [...this.#free].filter(([, group]) => group === null),
      pick,
    )?.[0];
    const node = path === undefined ? undefined : this.nodes.get(path);
    if (path === undefined || node === undefined) return;
    this.#free.delete(path);
    if (kind === 'cluster') this.clustered.push(path);
    else if (kind === 'swap') this.nodes.set(path, { ...node, isSwap: true });
    else this.nodes.set(path, { ...node, mountPoints: [kind === 'root' ? '/' : '/mnt'] });
    if (kind === 'root') this.roots.push(path);
  }
}

function fieldsOf({ flaw }: DiskSeed, index: number): Partial<BlockDevice> {
  const isTwin = flaw === 'twin';
  return {
    serial: isTwin ? 'TWIN' : `SERIAL${index}`,
    wwn: isTwin ? '0xdead' : `0xa${index}`,
    readOnly: flaw === 'read-only',
    transport: flaw === 'virtual' ? 'usb' : 'sas',
    ...(flaw === 'virtual' && { vendor: 'AMI', model: 'Virtual HDisk0' }),
  };
}

import type { BlockDevice } from '../core/block-device.ts';
import type { IronicNode } from '../core/ironic-node.ts';
import { DeviceNotFoundError } from '../errors/catalogue.ts';
import { DeviceHintError } from './hint-expression.ts';
import { findMismatches, type Hint, judgeByHints, parseHints } from './root-device-hints.ts';
import { findSkipped } from './skip-list.ts';

const bytesPerGib = 1024 ** 3;
/** Without hints smaller disks are taken for memory cards and the like. */
const leastGib = 4;

/** What was decided about one disk. */
export interface JudgedDisk {
  /** Its path. */
  readonly device: string;
  readonly chosen: boolean;
  /** Everything that speaks for it or against it, in sentences; for a disk that was not chosen the last one decides. */
  readonly reasons: readonly string[];
}

/** The disk for the operating system, and of every disk why it is the one or not, in the order of the list. Plain data. */
export interface RootDeviceChoice {
  readonly device: BlockDevice;
  readonly judged: readonly JudgedDisk[];
}

/** A disk held against skip list, hints and size; it may be taken where nothing speaks against it. */
interface Candidate {
  readonly disk: BlockDevice;
  readonly pros: readonly string[];
  readonly cons: readonly string[];
}

/**
 * The disk that the operating system goes to: the first that matches the root device hints (of instance_info, else of
 * properties), or without hints the smallest of at least 4 GiB, by name among equals; a single disk may have any size.
 * Disks on the skip list do not count. Throws DeviceNotFoundError that says of each disk why it was not taken.
 */
export function findRootDevice(devices: readonly BlockDevice[], node: IronicNode): RootDeviceChoice {
  try {
    const hints = readRootHints(node);
    const disks = devices.filter((device) => device.kind === 'disk');
    const skipped = findSkipped(devices, node);
    const candidates = disks.map((disk) => judge(disk, hints, skipped, disks.length === 1));
    const fit = candidates.filter(({ cons }) => cons.length === 0).map(({ disk }) => disk);
    const device = hints.length > 0 ? fit[0] : fit.toSorted(bySizeThenName)[0];
    if (device) return { device, judged: candidates.map((candidate) => explain(candidate, device, hints)) };
    const reasons = candidates.map(({ disk, cons }) => `${disk.path}: ${cons.join(' and ')}`);
    throw new DeviceNotFoundError(reasons.length > 0 ? reasons.join('; ') : 'this machine has no disk');
  } catch (error) {
    if (error instanceof DeviceHintError) throw new DeviceNotFoundError(error.message, { cause: error });
    throw error;
  }
}

function judge(disk: BlockDevice, hints: readonly Hint[], skipped: ReadonlySet<string>, isOnly: boolean): Candidate {
  if (skipped.has(disk.path)) return { disk, pros: [], cons: ['it is on the skip list'] };
  if (hints.length > 0) {
    const { matches, mismatches } = judgeByHints(disk, hints);
    return { disk, pros: matches, cons: mismatches };
  }
  if (isOnly) return { disk, pros: ['it is the only disk, and there are no hints'], cons: [] };
  const isLarge = disk.sizeBytes >= leastGib * bytesPerGib;
  const finding = `it is ${isLarge ? 'not ' : ''}smaller than ${leastGib} GiB (${disk.sizeBytes} bytes)`;
  return { disk, pros: isLarge ? [finding] : [], cons: isLarge ? [] : [finding] };
}

function explain({ disk, pros, cons }: Candidate, taken: BlockDevice, hints: readonly Hint[]): JudgedDisk {
  const { path: device } = disk;
  if (cons.length > 0) return { device, chosen: false, reasons: [...pros, ...cons] };
  if (disk === taken) {
    const why = hints.length > 0 ? 'it is the first disk that matches all hints' : 'it is the smallest such disk';
    return { device, chosen: true, reasons: [...pros, why] };
  }
  const why =
    hints.length > 0
      ? `${taken.path} matches too and comes first`
      : `${taken.path} is ${taken.sizeBytes < disk.sizeBytes ? 'smaller' : 'of the same size and first by name'}`;
  return { device, chosen: false, reasons: [...pros, why] };
}

/** The root device hints of a node; empty when it has none. Throws DeviceHintError. */
function readRootHints(node: IronicNode): readonly Hint[] {
  try {
    for (const source of [node.instance_info?.root_device, node.properties?.root_device]) {
      const hints = source === undefined || source === null ? [] : parseHints(source);
      if (hints.length > 0) return hints;
    }
    return [];
  } catch (error) {
    if (!(error instanceof DeviceHintError)) throw error;
    throw new DeviceHintError(`root device ${error.message}`, { cause: error });
  }
}

/**
 * The one disk that root device hints name by an identity of its own (name, serial, wwn) and not by a quality that others may
 * share; empty where there is none, where the hints fit more than one, and where they make no sense.
 */
export function findNamedByIdentity(devices: readonly BlockDevice[], node: IronicNode): ReadonlySet<string> {
  try {
    const hints = readRootHints(node);
    if (!hints.some(isIdentity)) return new Set();
    const named = devices.filter((device) => device.kind === 'disk' && findMismatches(device, hints).length === 0);
    return new Set(named.length === 1 ? named.map((device) => device.path) : []);
  } catch (error) {
    if (error instanceof DeviceHintError) return new Set();
    throw error;
  }
}

const identities = ['name', 'serial', 'wwn', 'wwn_with_extension', 'by_path'];

function isIdentity(hint: Hint): boolean {
  if (hint.name === 'rotational' || !identities.includes(hint.name)) return false;
  const { expression } = hint;
  return expression.kind === 'equals' || (expression.kind === 'text' && expression.operator === 's==');
}

function bySizeThenName(a: BlockDevice, b: BlockDevice): number {
  return a.sizeBytes - b.sizeBytes || (a.path < b.path ? -1 : 1);
}

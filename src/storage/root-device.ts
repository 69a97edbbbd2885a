import type { BlockDevice } from '../core/block-device.ts';
import type { IronicNode } from '../core/ironic-node.ts';
import { DeviceNotFoundError } from '../errors/catalogue.ts';
import { DeviceHintError } from './hint-expression.ts';
import { findMismatches, type Hint, parseHints } from './root-device-hints.ts';
import { findSkipped } from './skip-list.ts';

const bytesPerGib = 1024 ** 3;
/** Without hints smaller disks are taken for memory cards and the like. */
const leastGib = 4;

/**
 * The disk that the operating system goes to: the first that matches the root device hints (of instance_info, else of
 * properties), or without hints the smallest of at least 4 GiB, by name among equals; a single disk may have any size.
 * Disks on the skip list do not count. Throws DeviceNotFoundError that says of each disk why it was not taken.
 */
export function findRootDevice(devices: readonly BlockDevice[], node: IronicNode): BlockDevice {
  try {
    const hints = readRootHints(node);
    const disks = devices.filter((device) => device.kind === 'disk');
    const skipped = findSkipped(devices, node);
    const judged = disks.map((disk) => ({
      disk,
      reasons: skipped.has(disk.path) ? ['it is on the skip list'] : objections(disk, hints, disks.length === 1),
    }));
    const fit = judged.filter(({ reasons }) => reasons.length === 0).map(({ disk }) => disk);
    const chosen = hints.length > 0 ? fit[0] : fit.sort(bySizeThenName)[0];
    if (chosen) return chosen;
    const reasons = judged.map(({ disk, reasons }) => `${disk.path}: ${reasons.join(' and ')}`);
    throw new DeviceNotFoundError(reasons.length > 0 ? reasons.join('; ') : 'this machine has no disk');
  } catch (error) {
    if (error instanceof DeviceHintError) throw new DeviceNotFoundError(error.message, { cause: error });
    throw error;
  }
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

function objections(disk: BlockDevice, hints: readonly Hint[], isOnly: boolean): readonly string[] {
  if (hints.length > 0) return findMismatches(disk, hints);
  if (isOnly || disk.sizeBytes >= leastGib * bytesPerGib) return [];
  return [`it is smaller than ${leastGib} GiB (${disk.sizeBytes} bytes)`];
}

function bySizeThenName(a: BlockDevice, b: BlockDevice): number {
  return a.sizeBytes - b.sizeBytes || (a.path < b.path ? -1 : 1);
}

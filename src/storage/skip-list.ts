import type { BlockDevice } from '../core/block-device.ts';
import type { IronicNode } from '../core/ironic-node.ts';
import { DeviceHintError } from './hint-expression.ts';
import { findMismatches, type Hint, parseHints } from './root-device-hints.ts';

/** `properties.skip_block_devices` of a node, understood. */
export interface SkipList {
  /** True for a device that one of the entries with hints fits. */
  readonly fits: (device: BlockDevice) => boolean;
  /** Names of software RAID arrays. */
  readonly volumeNames: readonly string[];
}

/**
 * Reads the skip list: a list of hint objects, or `{volume_name}` for software RAID. Throws DeviceHintError: a list that cannot
 * be understood protects nothing, so nothing may be touched.
 */
export function readSkipList(node: IronicNode): SkipList {
  const list = node.properties?.skip_block_devices ?? [];
  if (!Array.isArray(list)) throw new DeviceHintError('properties.skip_block_devices is not a list');
  const entries = list.map((entry: unknown, index) => {
    try {
      return parseEntry(entry);
    } catch (error) {
      if (!(error instanceof DeviceHintError)) throw error;
      throw new DeviceHintError(`properties.skip_block_devices[${index}]: ${error.message}`, { cause: error });
    }
  });
  return {
    fits: (device) => entries.some(({ hints }) => hints && findMismatches(device, hints).length === 0),
    volumeNames: entries.flatMap(({ volumeName }) => volumeName ?? []),
  };
}

/** The devices that the operator wants left alone, with the partitions on them. Throws DeviceHintError. */
export function findSkipped(devices: readonly BlockDevice[], node: IronicNode): ReadonlySet<string> {
  const { fits, volumeNames } = readSkipList(node);
  const isSkipped = (device: BlockDevice): boolean =>
    fits(device) || (device.volumeName !== undefined && volumeNames.includes(device.volumeName));
  const skipped = new Set(devices.filter(isSkipped).map((device) => device.path));
  for (const device of devices) if (skipped.has(device.disk)) skipped.add(device.path);
  return skipped;
}

interface Entry {
  readonly volumeName: string | null;
  readonly hints: readonly Hint[] | null;
}

function parseEntry(entry: unknown): Entry {
  const volumeName = volumeNameOf(entry);
  if (volumeName !== null) return { volumeName, hints: null };
  const hints = parseHints(entry);
  // An empty object would match every disk.
  if (hints.length === 0) throw new DeviceHintError('has no hint');
  return { volumeName: null, hints };
}

function volumeNameOf(entry: unknown): string | null {
  if (typeof entry !== 'object' || entry === null || !('volume_name' in entry)) return null;
  if (typeof entry.volume_name !== 'string' || entry.volume_name === '' || Object.keys(entry).length > 1) {
    throw new DeviceHintError('volume_name is a text and stands alone');
  }
  return entry.volume_name;
}

import type { BlockDevice } from '../core/block-device.ts';
import type { IronicNode } from '../core/ironic-node.ts';
import { DeviceHintError } from './hint-expression.ts';
import { findMismatches, parseHints } from './root-device-hints.ts';

/**
 * The devices that the operator wants left alone (`properties.skip_block_devices`: a list of hint objects, or `{volume_name}`
 * for software RAID), with the partitions on them. Throws DeviceHintError: a list that cannot be understood protects nothing,
 * so nothing may be touched.
 */
export function findSkipped(devices: readonly BlockDevice[], node: IronicNode): ReadonlySet<string> {
  const list = node.properties?.skip_block_devices ?? [];
  if (!Array.isArray(list)) throw new DeviceHintError('properties.skip_block_devices is not a list');
  const tests = list.map((entry: unknown, index) => {
    try {
      return skipTest(entry);
    } catch (error) {
      if (!(error instanceof DeviceHintError)) throw error;
      throw new DeviceHintError(`properties.skip_block_devices[${index}]: ${error.message}`, { cause: error });
    }
  });
  const skipped = new Set(
    devices.filter((device) => tests.some((isSkipped) => isSkipped(device))).map((device) => device.path),
  );
  for (const device of devices) if (skipped.has(device.disk)) skipped.add(device.path);
  return skipped;
}

function skipTest(entry: unknown): (device: BlockDevice) => boolean {
  const volumeName = volumeNameOf(entry);
  if (volumeName !== null) return (device) => device.volumeName === volumeName;
  const hints = parseHints(entry);
  // An empty object would match every disk.
  if (hints.length === 0) throw new DeviceHintError('has no hint');
  return (device) => findMismatches(device, hints).length === 0;
}

function volumeNameOf(entry: unknown): string | null {
  if (typeof entry !== 'object' || entry === null || !('volume_name' in entry)) return null;
  if (typeof entry.volume_name !== 'string' || entry.volume_name === '' || Object.keys(entry).length > 1) {
    throw new DeviceHintError('volume_name is a text and stands alone');
  }
  return entry.volume_name;
}

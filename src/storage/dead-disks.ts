import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BlockDevice } from '../core/block-device.ts';
import { hasErrorCode } from '../errors/guards.ts';
import { devicePath } from './sysfs.ts';

/** Names of disks that the machine has, not of drivers that offer empty devices (loop, nbd, md, card readers are removable). */
const diskName = /^(sd[a-z]+|hd[a-z]+|vd[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+|dasd[a-z]+)$/;

/**
 * Disks that are there and show no capacity: a drive that has failed, or that is locked up by an erase that was cut off. lsblk leaves
 * them out, but their data are there. A drive whose medium can be taken out is empty rather than dead. Sorted; known of them is the name.
 */
export function findDeadDisks(sysBlock = '/sys/block'): readonly BlockDevice[] {
  return readdirSync(sysBlock)
    .filter((name) => diskName.test(name) && readNumber(sysBlock, name, 'size') === 0)
    .filter((name) => readNumber(sysBlock, name, 'removable') === 0 && readNumber(sysBlock, name, 'hidden') !== 1)
    .map(devicePath)
    .sort()
    .map(knownByName);
}

function knownByName(path: string): BlockDevice {
  const unknown = {
    model: null,
    vendor: null,
    serial: null,
    wwn: null,
    wwnWithExtension: null,
    wwnVendorExtension: null,
  };
  const empty = {
    uuid: null,
    partitionUuid: null,
    partitionType: null,
    partitionTableUuid: null,
    fileSystem: null,
    label: null,
  };
  const shape = { sizeBytes: 0, logicalSectorBytes: 512, physicalSectorBytes: 512 };
  const traits = { readOnly: false, rotational: false, removable: false, hctl: null, byPath: null, transport: null };
  return { path, kind: 'disk', disk: path, ...shape, ...traits, ...unknown, ...empty, mountPoints: [] };
}

function readNumber(sysBlock: string, name: string, attribute: string): number | null {
  try {
    return Number(readFileSync(join(sysBlock, name, attribute), 'utf8'));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}

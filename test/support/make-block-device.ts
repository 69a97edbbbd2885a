import type { BlockDevice } from '../../src/core/block-device.ts';

/** A plain disk of 100 GiB that nobody uses; fields given replace its own. */
export function makeDisk(path: string, fields: Partial<BlockDevice> = {}): BlockDevice {
  return {
    path,
    kind: 'disk',
    disk: path,
    sizeBytes: 100 * 1024 ** 3,
    logicalSectorBytes: 512,
    physicalSectorBytes: 4096,
    readOnly: false,
    rotational: false,
    removable: false,
    model: null,
    vendor: null,
    serial: null,
    wwn: null,
    wwnWithExtension: null,
    wwnVendorExtension: null,
    hctl: null,
    byPath: null,
    transport: 'sata',
    uuid: null,
    partitionUuid: null,
    partitionType: null,
    partitionTableUuid: null,
    fileSystem: null,
    label: null,
    mountPoints: [],
    ...fields,
  };
}

/** The partition with a number on a disk, 1 GiB. */
export function makePartition(disk: string, number: number, fields: Partial<BlockDevice> = {}): BlockDevice {
  const separator = /\d$/.test(disk) ? 'p' : '';
  return makeDisk(`${disk}${separator}${number}`, { kind: 'partition', disk, sizeBytes: 1024 ** 3, ...fields });
}

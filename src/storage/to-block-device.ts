import type { BlockDevice } from '../core/block-device.ts';
import type { ProbeTags } from '../tools/blkid.ts';
import type { LsblkRow } from '../tools/lsblk.ts';
import type { UdevProperties } from '../tools/udevadm.ts';
import { isPartition } from './listed-rows.ts';
import { devicePath } from './sysfs.ts';

/** What is known of a device besides its row of lsblk. */
export interface DeviceDetails {
  readonly udev: UdevProperties;
  /** Read from the device itself; used where udev knows nothing. */
  readonly tags: ProbeTags;
  readonly byPath: string | null;
  readonly diskSequence: number | null;
  /** Of a multipath device: the transport of its paths. */
  readonly pathTransport: string | null;
}

export function toBlockDevice(row: LsblkRow, details: DeviceDetails): BlockDevice {
  const path = devicePath(row.kernelName);
  const parent = row.parentKernelName;
  return {
    path,
    kind: isPartition(row) ? 'partition' : 'disk',
    disk: isPartition(row) && parent ? devicePath(parent) : path,
    sizeBytes: row.sizeBytes,
    logicalSectorBytes: row.logicalSectorBytes,
    physicalSectorBytes: row.physicalSectorBytes,
    readOnly: row.readOnly,
    rotational: row.rotational,
    removable: row.removable,
    model: row.model,
    vendor: row.vendor,
    hctl: row.hctl,
    byPath: details.byPath,
    transport: row.transport ?? details.pathTransport,
    mountPoints: row.mountPoints,
    ...identity(row, details),
    ...content(row, details.tags),
  };
}

type Identity = Pick<
  BlockDevice,
  | 'serial'
  | 'wwn'
  | 'wwnWithExtension'
  | 'wwnVendorExtension'
  | 'otherSerials'
  | 'otherWwns'
  | 'volumeName'
  | 'diskSequence'
>;

function identity(row: LsblkRow, { udev, diskSequence }: DeviceDetails): Identity {
  const [serial = null, ...otherSerials] = distinct([row.serial, ...valuesOf(udev, 'SERIAL_SHORT', 'SERIAL')]);
  const [wwn = null, ...otherWwns] = distinct([row.wwn, ...valuesOf(udev, 'WWN')]);
  const volumeName = udev.MD_DEVNAME ?? udev.MD_NAME?.replace(/^[^:]*:/, '');
  return {
    serial,
    wwn,
    wwnWithExtension: valuesOf(udev, 'WWN_WITH_EXTENSION')[0] ?? null,
    wwnVendorExtension: valuesOf(udev, 'WWN_VENDOR_EXTENSION')[0] ?? null,
    ...(otherSerials.length > 0 && { otherSerials }),
    ...(otherWwns.length > 0 && { otherWwns }),
    ...(volumeName !== undefined && { volumeName }),
    ...(diskSequence !== null && { diskSequence }),
  };
}

type Content = Pick<
  BlockDevice,
  'uuid' | 'partitionUuid' | 'partitionType' | 'partitionTableUuid' | 'fileSystem' | 'label'
>;

function content(row: LsblkRow, tags: ProbeTags): Content {
  return {
    uuid: row.uuid ?? tags.UUID ?? null,
    partitionUuid: row.partitionUuid ?? tags.PART_ENTRY_UUID ?? null,
    partitionType: row.partitionType ?? tags.PART_ENTRY_TYPE?.toLowerCase() ?? null,
    partitionTableUuid: row.partitionTableUuid ?? tags.PTUUID ?? null,
    fileSystem: row.fileSystem ?? tags.TYPE ?? null,
    label: row.label ?? tags.LABEL ?? null,
  };
}

/** udev names them ID_SERIAL for a physical disk and DM_SERIAL for a device-mapper one. */
function valuesOf(udev: UdevProperties, ...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => udev[`ID_${name}`] ?? udev[`DM_${name}`] ?? []);
}

function distinct(values: readonly (string | null)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== null && value !== ''))] as readonly string[];
}

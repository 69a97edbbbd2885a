/**
 * A block device as the inventory knows it. Field names are camelCase here; `toWire` of src/inventory gives Ironic's.
 * Source: lsblk(8), udev, sysfs (Documentation/ABI/stable/sysfs-block).
 */
export interface BlockDevice {
  /** Canonical path, `/dev/sda`. */
  readonly path: string;
  readonly kind: 'disk' | 'partition';
  /** The whole disk a partition lies on; its own path for a disk. */
  readonly disk: string;
  readonly sizeBytes: number;
  readonly logicalSectorBytes: number;
  readonly physicalSectorBytes: number;
  readonly readOnly: boolean;
  readonly rotational: boolean;
  readonly removable: boolean;
  readonly model: string | null;
  readonly vendor: string | null;
  readonly serial: string | null;
  readonly wwn: string | null;
  readonly wwnWithExtension: string | null;
  readonly wwnVendorExtension: string | null;
  readonly hctl: string | null;
  readonly byPath: string | null;
  /** `sata`, `nvme`, `sas`, `fc`, `iscsi`, `usb`; null for virtual and loop devices. */
  readonly transport: string | null;
  readonly uuid: string | null;
  readonly partitionUuid: string | null;
  /** GPT type GUID or MBR type of a partition, in lower case. */
  readonly partitionType: string | null;
  readonly partitionTableUuid: string | null;
  readonly fileSystem: string | null;
  readonly label: string | null;
  readonly mountPoints: readonly string[];
  /** Other spellings of the serial number and WWN (udev has short and long ones); a root device hint may use any. */
  readonly otherSerials?: readonly string[];
  readonly otherWwns?: readonly string[];
  /** Name of a software RAID array, as in `/dev/md/name`. */
  readonly volumeName?: string;
  /** diskseq of sysfs: no two disks of one boot ever have the same, so it tells a disk from one that took its name. */
  readonly diskSequence?: number;
}

/** How a disk hangs on the machine. */
export type DiskBus = 'virtio' | 'scsi' | 'sata' | 'nvme' | 'sas' | 'megaraid' | 'usb';

/** A disk of a virtual machine, as data. Its bytes live in the machine's directory, and outlive a power cut. */
export interface VirtualDisk {
  /** Unique in its machine, short, letters and digits: the QMP id of the device, and the base of its serial number. */
  readonly id: string;
  readonly bus: DiskBus;
  readonly sizeBytes: number;
  /** Default: the id in capitals. */
  readonly serial?: string;
  /** As hexadecimal with 0x; SATA, SCSI and SAS only. Default: none. */
  readonly wwn?: string;
  /** SCSI and SAS: at most 8 characters. */
  readonly vendor?: string;
  /** SATA: the model; SCSI and SAS: the product, at most 16 characters. */
  readonly model?: string;
  /** Default: 512. */
  readonly sectorBytes?: 512 | 4096;
  /** 1: not rotating. SATA, SCSI and SAS only. */
  readonly rotationRate?: number;
  readonly isReadOnly?: true;
  /** Which host bus adapter of its kind, from 0. Default: 0. Two paths to a disk want two. */
  readonly adapter?: number;
  /** The id of a disk before it whose bytes these are too: a second path. Serial and WWN should be the same. */
  readonly sameAs?: string;
  /** Whether UNMAP and TRIM reach the file, and zeros are holes. Default: true. */
  readonly unmaps?: boolean;
  /** Sectors of 512 bytes that answer with an I/O error. */
  readonly badSectors?: { readonly reads?: readonly number[]; readonly writes?: readonly number[] };
  /** For slow disks. */
  readonly bytesPerSecond?: number;
  /** More properties of the QEMU device, such as `{ ver: 'FW10' }`. */
  readonly device?: Readonly<Record<string, string | number | boolean>>;
}

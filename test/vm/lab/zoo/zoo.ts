import type { VirtualDisk } from '../disk.ts';

/** Small, since every byte of each is written and read through an emulated processor. */
const sizeBytes = 32 * 2 ** 20;

/** Both its paths say the same of it. */
const twoPaths = { bus: 'scsi', sizeBytes, serial: 'MULTI0', wwn: '0x5000c500a1b2c3d0' } as const;

/** Ids of those that the kernel has not write zeros by themselves: libata, USB bridges and the driver of the SAS adapter forbid it. */
export const withoutWriteZeroes: readonly string[] = ['sata0', 'ssd0', 'mpt0', 'stick0'];

/** Every kind of disk that QEMU 7.2 has. */
export const zoo: readonly VirtualDisk[] = [
  { id: 'nvme0', bus: 'nvme', sizeBytes },
  { id: 'nvme4k', bus: 'nvme', sizeBytes, sectorBytes: 4096 },
  { id: 'sata0', bus: 'sata', sizeBytes, wwn: '0x5000c500a1b2c3d1', rotationRate: 7200, model: 'LAB SPINDLE' },
  { id: 'ssd0', bus: 'sata', sizeBytes, wwn: '0x5000c500a1b2c3d2', rotationRate: 1, model: 'LAB FLASH' },
  { id: 'unmap0', bus: 'scsi', sizeBytes, wwn: '0x5000c500a1b2c3d3', vendor: 'LABCO', model: 'UNMAPS' },
  { id: 'scsi4k', bus: 'scsi', sizeBytes, wwn: '0x5000c500a1b2c3d4', sectorBytes: 4096 },
  { id: 'mpt0', bus: 'sas', sizeBytes, wwn: '0x5000c500a1b2c3d5', unmaps: false },
  { id: 'raid0', bus: 'megaraid', sizeBytes, wwn: '0x5000c500a1b2c3d6' },
  { id: 'virtio0', bus: 'virtio', sizeBytes },
  { id: 'slow0', bus: 'virtio', sizeBytes, bytesPerSecond: 16 * 2 ** 20 },
  { id: 'stick0', bus: 'usb', sizeBytes, device: { removable: true } },
  { id: 'multi0', ...twoPaths, adapter: 1 },
  { id: 'multi1', ...twoPaths, adapter: 2, sameAs: 'multi0' },
  { id: 'locked0', bus: 'virtio', sizeBytes, isReadOnly: true },
];

import type { Host } from '../core/job-context.ts';
import { readNvmeReservation } from '../tools/nvme-reservation.ts';
import { readScsiReservation } from '../tools/sg-persist.ts';
import { kernelName } from './sysfs.ts';

/** Who has reserved a disk for himself; null where nobody has. Throws where the disk, or the program, does not answer. */
export type ReadReservation = (disk: string, host: Pick<Host, 'run'>) => Promise<{ readonly holder: string } | null>;

/** By SCSI-3 persistent reservation or NVMe reservation, whoever holds it: a reservation of this machine would be news, too. */
export const readReservation: ReadReservation = async (disk, { run }) =>
  isNvme(disk) ? readNvmeReservation(run, disk) : readScsiReservation(run, disk);

/** lsblk names these; a disk behind one of them is this machine's alone. Others, and unknown ones, can be shared. */
const unsharedTransports = ['sata', 'ata', 'usb'];

/** Whether a physical disk is of a kind that other machines can share and reserve. Pure. */
export function canBeReserved(disk: string, transport: string | null): boolean {
  if (isNvme(disk)) return true;
  return /^sd[a-z]/.test(kernelName(disk)) && !unsharedTransports.includes(transport ?? '');
}

function isNvme(disk: string): boolean {
  return /^nvme\d+n\d/.test(kernelName(disk));
}

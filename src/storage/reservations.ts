import type { Host } from '../core/job-context.ts';
import { readNvmeReservation } from '../tools/nvme-reservation.ts';
import { readScsiReservation } from '../tools/sg-persist.ts';
import type { PhysicalDisk } from './physical-disks.ts';
import { kernelName } from './sysfs.ts';

/** A reservation of a disk for one machine. */
export interface Reservation {
  readonly disk: string;
  /** The key or the host identifier of whoever holds it. */
  readonly holder: string;
}

/** Who has reserved a disk for himself; null where nobody has. Throws where the disk, or the program, does not answer. */
export type ReadReservation = (disk: string, host: Pick<Host, 'run'>) => Promise<{ readonly holder: string } | null>;

/** By SCSI-3 persistent reservation or NVMe reservation, whoever holds it: a reservation of this machine would be news, too. */
export const readReservation: ReadReservation = async (disk, { run }) =>
  isNvme(disk) ? readNvmeReservation(run, disk) : readScsiReservation(run, disk);

/** The reservations of those disks that can have one. Throws where one of them does not answer. */
export async function readReservations(
  disks: readonly PhysicalDisk[],
  host: Pick<Host, 'run'>,
  read: ReadReservation = readReservation,
): Promise<readonly Reservation[]> {
  const asked = disks.filter(({ path, transport }) => canBeReserved(path, transport));
  const found = await Promise.all(
    asked.map(async ({ path: disk }): Promise<readonly Reservation[]> => {
      const reservation = await read(disk, host);
      return reservation ? [{ disk, holder: reservation.holder }] : [];
    }),
  );
  return found.flat();
}

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

import type { BlockDevice } from '../../../core/block-device.ts';
import type { Host } from '../../../core/job-context.ts';
import type { DiskProbe } from '../disk-probe.ts';
import { probeAta } from './probe-ata.ts';
import { probeNvme } from './probe-nvme.ts';
import { probePlain } from './probe-plain.ts';
import { probeScsi } from './probe-scsi.ts';

/** What kind of disk it is, as far as its own erase is concerned. Pure. */
export function kindOfDisk({ path, transport, vendor, hctl }: BlockDevice): DiskProbe['kind'] {
  if (/^\/dev\/nvme\d/.test(path)) return 'nvme';
  if (!/^\/dev\/sd[a-z]/.test(path)) return 'plain';
  // A bridge translates as much as it likes: drives behind one were bricked by a secure erase.
  if (transport === 'usb') return 'plain';
  if (transport === 'sata' || transport === 'ata' || vendor?.trim() === 'ATA') return 'ata';
  return hctl === null ? 'plain' : 'scsi';
}

/** Asks the disk; changes nothing. Rejects where it does not answer as it should: then nobody knows how to erase it. */
export async function probeDisk(device: BlockDevice, host: Pick<Host, 'run'>): Promise<DiskProbe> {
  switch (kindOfDisk(device)) {
    case 'nvme':
      return await probeNvme(device, host);
    case 'ata':
      return await probeAta(device, host);
    case 'scsi':
      return await probeScsi(device, host);
    case 'plain':
      return probePlain(device);
  }
}

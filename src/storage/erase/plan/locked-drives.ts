import type { Refusal } from '../../refusal.ts';
import type { ProbedDisk } from '../disk-probe.ts';
import { disableCommand, ironhandPassword } from '../methods/ata/passwords.ts';

/**
 * A drive that is locked by an ATA password gives an I/O error for whatever is read, which looks like a broken one: refusals of
 * such drives say what they are, and what to type. Pure.
 */
export function tellOfLocks(refusals: readonly Refusal[], disks: readonly ProbedDisk[]): readonly Refusal[] {
  const locked = new Set(disks.filter(isLocked).map(({ device }) => device.path));
  return refusals.map((refusal) => {
    if (refusal.reason !== 'unreadable' || !locked.has(refusal.device)) return refusal;
    const wayOut = `after an erase that was cut off: ${disableCommand(refusal.device, ironhandPassword)}`;
    return { ...refusal, detail: `${refusal.detail}; it is locked by an ATA password (${wayOut})` };
  });
}

function isLocked({ probe }: ProbedDisk): boolean {
  return probe.kind === 'ata' && probe.security?.locked === true;
}

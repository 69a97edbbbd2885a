import type { BlockDevice } from '../../../core/block-device.ts';
import type { Host } from '../../../core/job-context.ts';
import { readIdentity } from '../../../tools/hdparm-identify.ts';
import { readSanitizeStatus } from '../../../tools/hdparm-sanitize.ts';
import type { AtaProbe } from '../disk-probe.ts';

/**
 * What an ATA drive says of itself. To be asked only of drives that the kernel drives as ATA, or that a SAS HBA translates for
 * (vendor `ATA`); never through a USB bridge: some pass on half of a command. Nothing is changed. Throws ToolError, and
 * HdparmAnswerError where the drive does not answer as an ATA drive.
 */
export async function probeAta(device: BlockDevice, { run }: Pick<Host, 'run'>): Promise<AtaProbe> {
  const { security, sanitize, zerosAfterTrim } = await readIdentity(run, device.path);
  return {
    kind: 'ata',
    sanitize: {
      crypto: sanitize?.crypto ?? false,
      block: sanitize?.block ?? false,
      overwrite: sanitize?.overwrite ?? false,
      frozen: sanitize ? (await readSanitizeStatus(run, device.path)).kind === 'frozen' : false,
    },
    security,
    zerosAfterDiscard: zerosAfterTrim,
  };
}

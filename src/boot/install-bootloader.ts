import type { JobContext } from '../core/job-context.ts';
import { InvalidImageError } from '../errors/catalogue.ts';
import { planBootloader } from './bootloader-plan.ts';
import type { FirmwareMode } from './firmware-mode.ts';
import { targetDisk } from './target-disk.ts';
import { manageBootEntries } from './uefi-boot-entries.ts';

export interface BootloaderRequest {
  readonly firmware: FirmwareMode;
  /** null or `0x00000000` for a whole-disk image. */
  readonly rootUuid: string | null;
  /** UUID of the EFI system partition (of its file system or its own), where its type does not tell. */
  readonly espUuid: string | null;
}

/**
 * Makes the machine boot from the image that was written, or finds that there is nothing to do. Throws SafetyLatchError before
 * anything is looked at where firmware variables would be written and may not be, InvalidImageError where only GRUB would
 * help, and what manageBootEntries throws.
 */
export async function makeBootable(request: BootloaderRequest, context: JobContext): Promise<void> {
  const { bootEntries, otherwise } = planBootloader(request.firmware, request.rootUuid);
  if (bootEntries) {
    context.latch.permit({ kind: 'nvram' });
    const disk = await targetDisk(context);
    if (await manageBootEntries(disk, request.espUuid, context)) return;
  }
  if (otherwise.kind === 'refuse') throw new InvalidImageError(otherwise.reason);
  const note = 'no boot loader to install: the image is a whole disk and brings its own';
  if (request.firmware === 'bios') context.log.info({ firmware: request.firmware }, note);
  else context.log.warn({ firmware: request.firmware }, `${note}, but no boot entry of the firmware was made for it`);
}

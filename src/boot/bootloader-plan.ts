import type { FirmwareMode } from './firmware-mode.ts';

/** What installing a boot loader means on this machine. */
export interface BootloaderPlan {
  /** Whether the firmware's boot entries are to be managed first. */
  readonly bootEntries: boolean;
  /** What remains where that is not to be done, or no loader was found: nothing, or a refusal with its reason. */
  readonly otherwise: { readonly kind: 'nothing' } | { readonly kind: 'refuse'; readonly reason: string };
}

/** Ironic's way to say that an image is a whole disk and brings its own boot code. */
const wholeDiskUuids = new Set([null, '0x00000000']);

export function planBootloader(firmware: FirmwareMode, rootUuid: string | null): BootloaderPlan {
  const bootEntries = firmware === 'uefi';
  if (wholeDiskUuids.has(rootUuid)) return { bootEntries, otherwise: { kind: 'nothing' } };
  const why = bootEntries
    ? 'its EFI system partition holds no boot loader'
    : firmware === 'bios'
      ? 'this machine was started by its BIOS'
      : 'efibootmgr is missing in this ramdisk';
  const reason =
    `the image with root file system ${rootUuid} needs a boot loader to be installed: ${why}. Installing GRUB would run ` +
    'programs of the image as root in the ramdisk (CVE-2026-43003), so it is not done. Use a whole-disk image, or a ' +
    'partition image with a boot loader on its EFI system partition and UEFI boot';
  return { bootEntries, otherwise: { kind: 'refuse', reason } };
}

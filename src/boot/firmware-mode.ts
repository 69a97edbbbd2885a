import { existsSync } from 'node:fs';
import type { Host } from '../core/job-context.ts';
import { hasEfibootmgr } from '../tools/efibootmgr.ts';

/**
 * How this machine was started, and whether its boot entries can be managed: `uefi` (and efibootmgr is there),
 * `uefi-without-tool`, or `bios`.
 */
export type FirmwareMode = 'uefi' | 'uefi-without-tool' | 'bios';

/** Where the kernel shows that it was started by UEFI (Documentation/ABI/testing/sysfs-firmware-efi). */
const efiDirectory = '/sys/firmware/efi';

export async function firmwareMode(host: Pick<Host, 'run'>, directory: string = efiDirectory): Promise<FirmwareMode> {
  if (!existsSync(directory)) return 'bios';
  return (await hasEfibootmgr(host.run)) ? 'uefi' : 'uefi-without-tool';
}

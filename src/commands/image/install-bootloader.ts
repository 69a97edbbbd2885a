import joi from 'joi';
import { firmwareMode } from '../../boot/firmware-mode.ts';
import { makeBootable } from '../../boot/install-bootloader.ts';
import { defineCommand } from '../../core/command.ts';
import { SafetyLatchError } from '../../errors/catalogue.ts';
import { errorText } from '../../errors/guards.ts';

interface InstallBootloaderParams {
  readonly root_uuid: string | null;
  readonly efi_system_part_uuid: string | null;
  readonly prep_boot_part_uuid: string | null;
  readonly target_boot_mode: string;
  readonly ignore_bootloader_failure: boolean | null;
}

const uuid = (whose: string): joi.StringSchema => joi.string().allow(null).description(`UUID of ${whose}.`);

export const installBootloader = defineCommand<InstallBootloaderParams>({
  name: 'image.install_bootloader',
  summary: 'Make the machine boot from the image that was written.',
  params: joi.object<InstallBootloaderParams, true>({
    root_uuid: uuid('the root file system; null or 0x00000000 for a whole-disk image').required(),
    efi_system_part_uuid: uuid('the EFI system partition, where its type does not tell').default(null),
    prep_boot_part_uuid: uuid('the PReP boot partition (ppc64); not used').default(null),
    target_boot_mode: joi.string().default('bios').description('How the machine is to boot: bios or uefi.'),
    ignore_bootloader_failure: joi
      .boolean()
      .allow(null)
      .default(null)
      .description('Log a failure instead of reporting it; null leaves it to the configuration.'),
  }),
  mode: 'async',
  handling: { kind: 'fixed', queue: 'boot', replay: 'repeatable', progress: 'steps' },
  abortable: false,
  async run(params, context) {
    try {
      const firmware = await firmwareMode(context);
      context.log.info({ firmware, target_boot_mode: params.target_boot_mode }, 'installing the boot loader');
      const request = { firmware, rootUuid: params.root_uuid, espUuid: params.efi_system_part_uuid };
      await makeBootable(request, context);
    } catch (error) {
      const ignore = params.ignore_bootloader_failure ?? context.config.ignoreBootloaderFailure;
      if (!ignore || context.signal.aborted) throw error;
      const refused = error instanceof SafetyLatchError;
      const message = refused
        ? 'the safety latch refused to install the boot loader; ignored as asked'
        : 'installing the boot loader failed; ignored as asked';
      context.log.warn({ reason: errorText(error) }, message);
    }
    return null;
  },
});

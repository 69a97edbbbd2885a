import joi from 'joi';
import { cleanBootEntries } from '../boot/clean-boot-entries.ts';
import { type FirmwareMode, firmwareMode } from '../boot/firmware-mode.ts';
import { PatternError, parsePatterns } from '../boot/match-patterns.ts';
import type { StepContext } from '../core/job-context.ts';
import { defineStep } from '../core/step.ts';
import { CommandExecutionError, InvalidCommandParamsError } from '../errors/catalogue.ts';

interface CleanUefiNvramArgs {
  readonly match_patterns?: readonly string[] | null;
}

/** What an installed operating system leaves: entries of partitions, and of the usual loaders. */
const usualPatterns = ['^HD\\(', 'shim.*\\.efi', 'grub.*\\.efi'];

export const cleanUefiNvram = defineStep<CleanUefiNvramArgs>({
  name: 'clean_uefi_nvram',
  summary: 'Delete the boot entries that operating systems have left in the UEFI firmware.',
  interface: 'deploy',
  offer: { clean: 0, deploy: 0 },
  args: joi.object<CleanUefiNvramArgs>({
    match_patterns: joi
      .array()
      .items(joi.string())
      .allow(null)
      .description(
        'Regular expressions; an entry in whose device path one is found, case-insensitively, is deleted. ' +
          `Default: ${usualPatterns.join(', ')}.`,
      ),
  }),
  queue: 'boot',
  replay: 'repeatable',
  progress: 'steps',
  abortable: true,
  rebootRequested: false,
  async run(args, context) {
    await cleanNvram(args, context, await firmwareMode(context));
    return null;
  },
});

/**
 * The step on a machine that was started so. Throws InvalidCommandParamsError before anything is deleted, SafetyLatchError, and
 * whatever cleanBootEntries throws.
 */
export async function cleanNvram(
  { match_patterns: patterns }: { readonly match_patterns?: unknown },
  context: Pick<StepContext, 'run' | 'log' | 'signal' | 'latch' | 'report'>,
  firmware: FirmwareMode,
): Promise<void> {
  try {
    const parsed = parsePatterns(patterns ?? usualPatterns);
    if (firmware === 'bios') {
      context.log.info({ firmware }, 'no UEFI firmware, so no boot entries to delete');
      return;
    }
    if (firmware === 'uefi-without-tool') {
      throw new CommandExecutionError(
        'efibootmgr is not installed: the boot entries of the firmware cannot be deleted',
      );
    }
    context.latch.permit({ kind: 'nvram' });
    const deleted = await cleanBootEntries(context, parsed, (done, total) =>
      context.report({ phase: 'delete', done, total }),
    );
    context.log.info({ deleted: deleted.map(({ number }) => number) }, 'boot entries deleted and read back');
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new InvalidCommandParamsError(`match_patterns ${error.message}`, { cause: error });
  }
}

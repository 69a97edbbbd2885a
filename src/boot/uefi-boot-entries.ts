import type { JobContext } from '../core/job-context.ts';
import { AgentError } from '../errors/agent-error.ts';
import { CommandExecutionError, DeviceNotFoundError } from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';
import { readBootVariables } from '../tools/efibootmgr.ts';
import { updatePartitions } from '../tools/partx-update.ts';
import { planBootEntries } from './boot-plan.ts';
import { type EfiSystemPartition, findEfiSystemPartition } from './efi-system-partition.ts';
import { loadersOn } from './esp-loaders.ts';
import type { Loader } from './loaders.ts';
import { mountPartition } from './mounted-partition.ts';
import { writeBootEntries } from './write-boot-entries.ts';

/**
 * Makes the firmware boot what is on `disk` first: finds the loaders on its EFI system partition, plans the boot entries, writes
 * them and reads them back. False when the partition holds no loader; nothing was written then. Throws DeviceNotFoundError
 * without an EFI system partition, CommandExecutionError when a program failed or the firmware did not keep what was written.
 */
export async function manageBootEntries(disk: string, espUuid: string | null, context: JobContext): Promise<boolean> {
  try {
    const esp = await locateEsp(disk, espUuid, context);
    const loaders = await readLoaders(esp, context);
    if (loaders.length === 0) {
      context.log.warn({ esp: esp.device }, 'no boot loader found on the EFI system partition');
      return false;
    }
    const plan = planBootEntries(await readBootVariables(context.run), esp, loaders);
    context.log.info({ plan }, 'boot entries planned');
    const { order, next } = await writeBootEntries(context, plan);
    context.log.info(
      { old_order: plan.oldOrder, new_order: order, next_boot: next },
      'boot order written and read back',
    );
    return true;
  } catch (error) {
    if (error instanceof AgentError) throw error;
    throw new CommandExecutionError(`could not install the boot loader of ${disk}: ${errorText(error)}`, {
      cause: error,
    });
  }
}

async function locateEsp(disk: string, espUuid: string | null, context: JobContext): Promise<EfiSystemPartition> {
  const find = async (): Promise<EfiSystemPartition | null> =>
    findEfiSystemPartition(await context.managers.listBlockDevices(context, { partitions: true }), disk, espUuid);
  const esp = (await find()) ?? (await updatePartitions(context.run, disk).then(find));
  if (esp !== null) return esp;
  const named = espUuid === null ? '' : `, and no partition with UUID ${espUuid}`;
  throw new DeviceNotFoundError(`${disk} has no EFI system partition${named}`);
}

async function readLoaders(esp: EfiSystemPartition, context: JobContext): Promise<readonly Loader[]> {
  await using mounted = await mountPartition(context, esp.device, { fileSystem: 'vfat', access: 'read-only' });
  return await loadersOn(mounted.directory, context);
}

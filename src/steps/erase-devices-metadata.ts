import joi from 'joi';
import type { StepContext } from '../core/job-context.ts';
import { defineStep } from '../core/step.ts';
import type { AgentError } from '../errors/agent-error.ts';
import { BlockDeviceEraseError, DeviceNotFoundError } from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';
import { eraseMetadata } from '../storage/erase/metadata/erase-metadata.ts';
import { type MetadataTargets, selectMetadataTargets } from '../storage/erase/metadata-targets.ts';
import { assertMayDestroy } from '../storage/guard.ts';
import { DeviceHintError } from '../storage/hint-expression.ts';

export const eraseDevicesMetadata = defineStep({
  name: 'erase_devices_metadata',
  summary: 'Remove partition tables, RAID and volume superblocks and file system signatures from all disks.',
  interface: 'deploy',
  offer: { clean: 99, deploy: 0 },
  args: joi.object<Record<string, never>, true>({}),
  queue: 'erase',
  replay: 'repeatable',
  progress: 'devices',
  abortable: true,
  rebootRequested: false,
  async run(_args, context) {
    const { disks, leftOut } = await findTargets(context);
    for (const { device, why } of leftOut) context.log.warn({ device, why }, 'disk left out');
    const devices = disks.flatMap(({ disk, partitions }) => [disk, ...partitions]);
    await assertMayDestroy(devices, context, { node: context.node });
    const failures: unknown[] = [];
    for (const [index, { disk, partitions }] of disks.entries()) {
      context.report({ phase: 'erase', done: index, total: disks.length });
      context.signal.throwIfAborted();
      try {
        await eraseMetadata(disk, partitions, context);
        context.log.info({ device: disk.path }, 'metadata erased and read back');
      } catch (error) {
        // The other disks are erased all the same; the step fails at its end.
        failures.push(error);
      }
    }
    context.signal.throwIfAborted();
    if (failures.length > 0) throw toError(failures);
    context.report({ phase: 'erase', done: disks.length, total: disks.length });
    return null;
  },
});

async function findTargets(context: StepContext): Promise<MetadataTargets> {
  const devices = await context.managers.listBlockDevices(context, { partitions: true });
  try {
    return selectMetadataTargets(devices, context.node);
  } catch (error) {
    if (error instanceof DeviceHintError) throw new DeviceNotFoundError(error.message, { cause: error });
    throw error;
  }
}

function toError(failures: readonly unknown[]): AgentError {
  const details = failures.map((error) => (error instanceof BlockDeviceEraseError ? error.details : errorText(error)));
  return new BlockDeviceEraseError(details.join('; '), {
    cause: failures.length === 1 ? failures[0] : new AggregateError(failures),
  });
}

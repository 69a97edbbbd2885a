import { defineStep } from '../core/step.ts';
import { eraseMachine } from '../storage/erase/erase-machine.ts';
import { type CommonEraseArgs, commonEraseArgsSchema } from '../storage/erase/plan/erase-args.ts';

export const eraseDevicesMetadata = defineStep<CommonEraseArgs>({
  name: 'erase_devices_metadata',
  summary: 'Remove partition tables, RAID and volume superblocks and file system signatures from all disks.',
  interface: 'deploy',
  offer: { clean: 99, deploy: 0 },
  args: commonEraseArgsSchema,
  queue: 'erase',
  replay: 'resumable',
  progress: 'devices',
  abortable: true,
  rebootRequested: false,
  run: (args, context) => eraseMachine('erase_devices_metadata', args, context),
});

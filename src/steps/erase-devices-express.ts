import { defineStep } from '../core/step.ts';
import { eraseMachine } from '../storage/erase/erase-machine.ts';
import { type CommonEraseArgs, commonEraseArgsSchema } from '../storage/erase/plan/erase-args.ts';

export const eraseDevicesExpress = defineStep<CommonEraseArgs>({
  name: 'erase_devices_express',
  summary: 'Format NVMe drives, and remove the metadata of all other disks.',
  interface: 'deploy',
  offer: { clean: 0 },
  args: commonEraseArgsSchema,
  queue: 'erase',
  replay: 'resumable',
  progress: 'devices',
  abortable: true,
  rebootRequested: false,
  run: (args, context) => eraseMachine('erase_devices_express', args, context),
});

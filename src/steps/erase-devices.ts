import { defineStep } from '../core/step.ts';
import { eraseMachine } from '../storage/erase/erase-machine.ts';
import { type EraseArgs, eraseArgsSchema } from '../storage/erase/plan/erase-args.ts';

export const eraseDevices = defineStep<EraseArgs>({
  name: 'erase_devices',
  summary: 'Erase all disks, each by its strongest method, and prove it.',
  interface: 'deploy',
  offer: { clean: 10 },
  args: eraseArgsSchema,
  queue: 'erase',
  replay: 'resumable',
  progress: 'devices',
  abortable: true,
  rebootRequested: false,
  run: (args, context) => eraseMachine('erase_devices', args, context),
});

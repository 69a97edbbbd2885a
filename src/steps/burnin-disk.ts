import joi from 'joi';
import { burnDisks } from '../burn-in/burn-disks.ts';
import { diskOptions } from '../burn-in/burn-in-options.ts';
import { defineStep } from '../core/step.ts';

export const burninDisk = defineStep({
  name: 'burnin_disk',
  summary: 'Write over all disks, and check what they give back; all data on them are lost.',
  interface: 'deploy',
  offer: { clean: 0 },
  args: joi.object<Record<string, never>, true>({}),
  queue: 'erase',
  replay: 'resumable',
  progress: 'bytes',
  abortable: true,
  rebootRequested: false,
  async run(_args, context) {
    await burnDisks(diskOptions(context.node), context);
    return null;
  },
});

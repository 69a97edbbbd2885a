import joi from 'joi';
import { burnGpus } from '../burn-in/burn-gpus.ts';
import { gpuOptions } from '../burn-in/burn-in-options.ts';
import { defineStep } from '../core/step.ts';

export const burninGpu = defineStep({
  name: 'burnin_gpu',
  summary: 'Let all GPUs calculate for a time, and check what they calculate.',
  interface: 'deploy',
  offer: { clean: 0, service: 0 },
  args: joi.object<Record<string, never>, true>({}),
  queue: 'system',
  replay: 'repeatable',
  progress: 'seconds',
  abortable: true,
  rebootRequested: false,
  async run(_args, context) {
    await burnGpus(gpuOptions(context.node), context);
    return null;
  },
});

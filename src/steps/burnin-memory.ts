import joi from 'joi';
import { burnByStress } from '../burn-in/burn-by-stress.ts';
import { memoryOptions } from '../burn-in/burn-in-options.ts';
import { defineStep } from '../core/step.ts';

export const burninMemory = defineStep({
  name: 'burnin_memory',
  summary: 'Fill the memory with patterns for a time, and check that they stay.',
  interface: 'deploy',
  offer: { clean: 0, service: 0 },
  args: joi.object<Record<string, never>, true>({}),
  queue: 'system',
  replay: 'repeatable',
  progress: 'seconds',
  abortable: true,
  rebootRequested: false,
  async run(_args, context) {
    const { workers, bytes, ...options } = memoryOptions(context.node);
    await burnByStress({ kind: 'vm', workers, bytes }, options, context);
    return null;
  },
});

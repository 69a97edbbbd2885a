import joi from 'joi';
import { burnByStress } from '../burn-in/burn-by-stress.ts';
import { cpuOptions } from '../burn-in/burn-in-options.ts';
import { defineStep } from '../core/step.ts';

export const burninCpu = defineStep({
  name: 'burnin_cpu',
  summary: 'Let all processors calculate for a time, and check what they calculate.',
  interface: 'deploy',
  offer: { clean: 0, service: 0 },
  args: joi.object<Record<string, never>, true>({}),
  queue: 'system',
  replay: 'repeatable',
  progress: 'seconds',
  abortable: true,
  rebootRequested: false,
  async run(_args, context) {
    const { workers, ...options } = cpuOptions(context.node);
    await burnByStress({ kind: 'cpu', workers }, options, context);
    return null;
  },
});

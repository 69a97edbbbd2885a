import joi from 'joi';
import { networkOptions } from '../burn-in/burn-in-options.ts';
import { burnNetwork } from '../burn-in/burn-network.ts';
import { defineStep } from '../core/step.ts';

export const burninNetwork = defineStep({
  name: 'burnin_network',
  summary: 'Send to a partner node and receive from it, at full speed for a time.',
  interface: 'deploy',
  offer: { clean: 0, service: 0 },
  args: joi.object<Record<string, never>, true>({}),
  queue: 'system',
  replay: 'once',
  progress: 'seconds',
  abortable: true,
  rebootRequested: false,
  async run(_args, context) {
    await burnNetwork(networkOptions(context.node), context);
    return null;
  },
});

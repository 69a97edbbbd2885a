import joi from 'joi';
import { takeNetworkDown } from '../../boot/network-down.ts';
import { defineCommand } from '../../core/command.ts';
import { CommandExecutionError } from '../../errors/catalogue.ts';
import { errorText } from '../../errors/guards.ts';
import { listLinks } from '../../tools/ip.ts';

export const lockdown = defineCommand({
  name: 'system.lockdown',
  summary: 'Serve no more in this boot after the answer, and take every network interface down.',
  params: joi.object({}),
  mode: 'sync',
  handling: { kind: 'fixed', queue: 'system', replay: 'repeatable', progress: 'steps' },
  abortable: false,
  async run(_params, context) {
    // What would keep the interfaces up afterwards must be said now, while somebody still hears it.
    context.latch.permit({ kind: 'network' });
    try {
      await listLinks(context.run);
    } catch (error) {
      throw new CommandExecutionError(`network interfaces cannot be listed: ${errorText(error)}`, { cause: error });
    }
    return null;
  },
  afterService: takeNetworkDown,
});

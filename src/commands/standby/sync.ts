import joi from 'joi';
import { fullSync } from '../../boot/full-sync.ts';
import { defineCommand } from '../../core/command.ts';
import { CommandExecutionError } from '../../errors/catalogue.ts';
import { errorText } from '../../errors/guards.ts';

export const syncCommand = defineCommand({
  name: 'standby.sync',
  summary: 'Bring everything that was written to the disks themselves.',
  params: joi.object({}),
  mode: 'sync',
  handling: { kind: 'fixed', queue: 'system', replay: 'repeatable', progress: 'steps' },
  abortable: false,
  async run(_params, context) {
    try {
      await fullSync(context);
    } catch (error) {
      throw new CommandExecutionError(`could not sync: ${errorText(error)}`, { cause: error });
    }
    return null;
  },
});

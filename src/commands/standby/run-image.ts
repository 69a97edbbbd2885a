import joi from 'joi';
import { endMachine } from '../../boot/end-machine.ts';
import { defineCommand } from '../../core/command.ts';

export const runImage = defineCommand({
  name: 'standby.run_image',
  summary: 'Restart the machine into what is on its disk.',
  params: joi.object({}),
  mode: 'async',
  handling: { kind: 'fixed', queue: 'system', replay: 'once', progress: 'steps' },
  abortable: false,
  async run(_params, context) {
    await endMachine('reboot', context);
    return null;
  },
});

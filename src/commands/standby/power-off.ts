import joi from 'joi';
import { endMachine } from '../../boot/end-machine.ts';
import { defineCommand } from '../../core/command.ts';

export const powerOff = defineCommand({
  name: 'standby.power_off',
  summary: 'Switch the machine off.',
  params: joi.object({}),
  mode: 'async',
  handling: { kind: 'fixed', queue: 'system', replay: 'once', progress: 'steps' },
  abortable: false,
  async run(_params, context) {
    await endMachine('power-off', context);
    return null;
  },
});

import joi from 'joi';
import { defineCommand } from '../../core/command.ts';
import { machineInventory } from '../../inspection/machine-inventory.ts';

export const getHardwareInfo = defineCommand({
  name: 'poll.get_hardware_info',
  summary: 'Tell what this machine is made of.',
  params: joi.object({}).unknown(),
  mode: 'sync',
  handling: { kind: 'fixed', queue: 'inspection', replay: 'repeatable', progress: 'devices' },
  abortable: false,
  async run(_params, context) {
    const { inventory } = await machineInventory(context);
    return inventory;
  },
});

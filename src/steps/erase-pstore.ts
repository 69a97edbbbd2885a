import joi from 'joi';
import { clearPstore, readPstoreFacts } from '../boot/pstore.ts';
import { defineStep } from '../core/step.ts';

export const erasePstore = defineStep({
  name: 'erase_pstore',
  summary: 'Delete the records that the kernel keeps over a reboot.',
  interface: 'deploy',
  offer: { clean: 0 },
  args: joi.object<Record<string, never>, true>({}),
  queue: 'erase',
  replay: 'repeatable',
  progress: 'steps',
  abortable: true,
  rebootRequested: false,
  async run(_args, context) {
    await clearPstore(context, readPstoreFacts());
    return null;
  },
});

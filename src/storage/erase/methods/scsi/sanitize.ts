import { need, type SanitizeAction, sanitizeServiceActions, startSanitize } from '../../../../tools/sg-sanitize.ts';
import type { EraseMethod } from '../../method.ts';
import { readBack } from '../../verify/read-back.ts';
import { estimateWriting } from './estimate.ts';
import { checkCalm, runScsiOperation } from './operation.ts';
import { type ScsiPatience, usualScsiPatience } from './watch.ts';

const actionNames = { crypto: 'cryptographic erase', block: 'block erase', overwrite: 'overwrite' } as const;

/** No disk says it; a new key takes moments, and blocks of flash are erased many at a time. */
const assumedSeconds = { crypto: 10, block: 120 } as const;

/**
 * SANITIZE of SCSI (SBC-4, sections 4.11 and 5.36): the disk erases everything, with what no command can address, and goes on after a
 * reset or a power cut until it has ended. It cannot be cancelled. What is left by a cryptographic or a block erase is the disk's
 * own affair; after an overwrite every block holds the zeros that it was given.
 */
export function createScsiSanitize(action: SanitizeAction, patience: ScsiPatience = usualScsiPatience): EraseMethod {
  const command = `SANITIZE, ${actionNames[action]} (48h/0${sanitizeServiceActions[action]}h)`;
  return {
    name: `scsi-sanitize-${action}`,
    replay: 'reattach',
    cancellable: false,
    supports({ probe }) {
      if (probe.kind !== 'scsi') return { kind: 'unsupported', why: 'it is no SCSI disk' };
      return probe.sanitize[action]
        ? { kind: 'supported', how: `the disk lists the command ${command}` }
        : { kind: 'unsupported', why: `the disk does not list the command ${command} for this logical unit alone` };
    },
    estimate: ({ device }) => (action === 'overwrite' ? estimateWriting(device) : assumedSeconds[action]),
    sanitization: () => 'purge',
    reach: ({ device }) => [device.path],
    run(target, context) {
      const device = target.disk.device.path;
      const name = `sanitize-${action}`;
      const prepare = async () => (run: typeof context.run) => startSanitize(run, device, action);
      const watch = { device, operation: 'sanitize', context, patience } as const;
      return runScsiOperation({ ...watch, name, program: need.program, prepare }, target);
    },
    async verify(target, _evidence, context) {
      const state = await checkCalm(target, { operation: 'sanitize', patience }, context);
      if (action !== 'overwrite' || !state.passed) return [state];
      return [state, await readBack(target.target, { kind: 'zeros' }, context.options.readBack, context)];
    },
  };
}

export const scsiSanitizeCrypto = createScsiSanitize('crypto');
export const scsiSanitizeBlock = createScsiSanitize('block');
export const scsiSanitizeOverwrite = createScsiSanitize('overwrite');

import { need, startFormat } from '../../../../tools/sg-format.ts';
import { readCapacity } from '../../../../tools/sg-readcap.ts';
import type { EraseMethod } from '../../method.ts';
import { readBack } from '../../verify/read-back.ts';
import { estimateWriting } from './estimate.ts';
import { checkCalm, runScsiOperation } from './operation.ts';
import { type ScsiPatience, usualScsiPatience } from './watch.ts';

/**
 * FORMAT UNIT of SCSI (SBC-4, section 5.4): the disk writes its initialization pattern to every block that has an address; sectors
 * stay as large and as protected as they are. NIST SP 800-88 does not name it: it counts as an overwrite by the disk itself, if
 * zeros are read back. A power cut in the middle leaves a disk that must be formatted again.
 */
export function createScsiFormatUnit(patience: ScsiPatience = usualScsiPatience): EraseMethod {
  return {
    name: 'scsi-format-unit',
    replay: 'reattach',
    cancellable: false,
    supports({ probe }) {
      if (probe.kind !== 'scsi') return { kind: 'unsupported', why: 'it is no SCSI disk' };
      return probe.formatUnit
        ? { kind: 'supported', how: 'the disk lists the command FORMAT UNIT (04h)' }
        : {
            kind: 'unsupported',
            why: 'the disk does not list the command FORMAT UNIT (04h) for this logical unit alone',
          };
    },
    estimate: ({ device }) => estimateWriting(device),
    sanitization: () => 'clear',
    reach: ({ device }) => [device.path],
    run(target, context) {
      const device = target.disk.device.path;
      const prepare = async () => {
        const { protection } = await readCapacity(context.run, device);
        return (run: typeof context.run) => startFormat(run, device, protection);
      };
      const watch = { device, operation: 'format', context, patience } as const;
      return runScsiOperation({ ...watch, name: 'format', program: need.program, prepare }, target);
    },
    async verify(target, _evidence, context) {
      const state = await checkCalm(target, { operation: 'format', patience }, context);
      if (!state.passed) return [state];
      return [state, await readBack(target.target, { kind: 'zeros' }, context.options.readBack, context)];
    },
  };
}

export const scsiFormatUnit = createScsiFormatUnit();

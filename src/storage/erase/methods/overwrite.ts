import type { ProbedDisk } from '../disk-probe.ts';
import type { EraseOptions, Pass } from '../erase-options.ts';
import type { EraseMethod, MethodContext } from '../method.ts';
import { EraseMethodError } from '../method.ts';
import { type OverwriteTuning, overwriteDisk } from '../overwrite/overwrite-disk.ts';
import { contentOf, parseRecord } from '../overwrite/overwrite-record.ts';
import { readBack } from '../verify/read-back.ts';

/** Our own writer over everything that the disk has addresses for: any disk can be erased so, and none needs to help. */
export const overwrite: EraseMethod = createOverwrite();

/** The same with another tuning, for tests. */
export function createOverwrite(tuning: OverwriteTuning = {}): EraseMethod {
  return {
    name: 'overwrite',
    replay: 'resume',
    cancellable: true,
    supports: ({ device }) =>
      device.readOnly
        ? { kind: 'unsupported', why: 'it is read-only' }
        : { kind: 'supported', how: 'every disk that can be written can be overwritten' },
    estimate: estimateSeconds,
    sanitization: () => 'clear',
    reach: ({ device }) => [device.path],
    async run({ target }, context) {
      const { options, record, signal } = context;
      const { passes } = options;
      const report: MethodContext['report'] = (progress) => context.report(progress);
      const done = await overwriteDisk({ target, passes, record, signal, report }, tuning);
      return {
        tool: 'ironhand',
        exitCode: null,
        bytes: done.bytes,
        badRanges: done.badRanges,
        details: { passes: passes.map(nameOf).join(', '), continued: done.resumed },
      };
    },
    async verify({ target }, _evidence, context) {
      const { options, record, signal } = context;
      const { passes, readBack: mode } = options;
      const done = parseRecord(record.read(), target, passes);
      if (done?.pass !== passes.length) {
        throw new EraseMethodError(`${target.path}: there is no record of an overwrite that has ended`);
      }
      const report: MethodContext['report'] = (progress) => context.report(progress);
      return [await readBack(target, contentOf(done), mode, { signal, report })];
    },
  };
}

function nameOf(pass: Pass): string {
  return pass.kind === 'pattern' ? `0x${pass.byte.toString(16).padStart(2, '0')}` : pass.kind;
}

/** Nobody knows before: rates that disks of the kind have, over all of their surface, in bytes per second. */
const assumedRates = { rotational: 150e6, solidState: 400e6, nvme: 1000e6 } as const;
/** Of a sampled read-back: seeks of a rotational disk; nothing to speak of on others. */
const sampleSeconds = { rotational: 20, solidState: 2, nvme: 2 } as const;

function estimateSeconds({ device }: ProbedDisk, options: EraseOptions): number {
  const kind = device.rotational ? 'rotational' : device.transport === 'nvme' ? 'nvme' : 'solidState';
  const onePass = device.sizeBytes / assumedRates[kind];
  const reading = options.readBack === 'full' ? onePass : sampleSeconds[kind];
  return Math.ceil(onePass * options.passes.length + reading);
}

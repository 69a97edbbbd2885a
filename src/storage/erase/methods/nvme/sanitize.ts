import { errorText } from '../../../../errors/guards.ts';
import { type SanitizeAction, sanitizeDword10 } from '../../../../tools/nvme-sanitize.ts';
import { readNvmeSanitizeLog } from '../../../../tools/nvme-sanitize-log.ts';
import type { NvmeProbe, ProbedDisk } from '../../disk-probe.ts';
import { type Check, type EraseMethod, EraseMethodError, type EraseTarget, type MethodContext } from '../../method.ts';
import { readBack } from '../../verify/read-back.ts';
import { NvmeDrive } from './drive.ts';
import { describeLog, runSanitize } from './sanitize-run.ts';
import { type SanitizeLimits, usualSanitizeLimits } from './sanitize-watch.ts';
import { blockedByUnseen } from './unseen-namespaces.ts';

const capability: Readonly<Record<SanitizeAction, { readonly bit: number; readonly name: string }>> = {
  crypto: { bit: 0, name: 'crypto erase' },
  block: { bit: 1, name: 'block erase' },
  overwrite: { bit: 2, name: 'overwrite' },
};

/**
 * Sanitize of NVMe (NVM Express Base Specification 2.0, sections 5.24 and 8.21): the drive erases all namespaces of its subsystem,
 * with everything that no command can address, and goes on after a reset or a power cut until it has ended. It cannot be
 * cancelled. What the log tells is what counts; see `judgeLog`.
 */
export function createNvmeSanitize(action: SanitizeAction, limits: SanitizeLimits = usualSanitizeLimits): EraseMethod {
  const { bit, name } = capability[action];
  return {
    name: `nvme-sanitize-${action}`,
    supports({ probe }) {
      if (probe.kind !== 'nvme') return { kind: 'unsupported', why: 'it is no NVMe drive' };
      if (!probe.sanitize[action]) return { kind: 'unsupported', why: `SANICAP bit ${bit} (${name}) is not set` };
      const blocked = blockedByUnseen(probe);
      if (blocked) return blocked;
      return { kind: 'supported', how: `SANICAP bit ${bit} (${name}) is set` };
    },
    estimate: ({ probe }) => (probe.kind === 'nvme' ? probe.sanitizeSeconds[action] : null),
    sanitization: () => 'purge',
    reach: ({ device, probe }) => (probe.kind === 'nvme' ? probe.namespaces : [device.path]),
    replay: 'reattach',
    cancellable: false,
    run({ disk }, context) {
      const { namespaces, sanitizeSeconds } = nvmeOf(disk);
      const drive = new NvmeDrive(disk.device.path, context, limits);
      const estimate = sanitizeSeconds[action];
      return runSanitize({ action, drive, context, limits, reach: namespaces, estimate });
    },
    async verify(target, _evidence, context) {
      return [await checkLog(target, action, context), ...(await checkContent(target, action, context))];
    },
  };
}

export const nvmeSanitizeCrypto = createNvmeSanitize('crypto');
export const nvmeSanitizeBlock = createNvmeSanitize('block');
export const nvmeSanitizeOverwrite = createNvmeSanitize('overwrite');

function nvmeOf({ device, probe }: ProbedDisk): NvmeProbe {
  if (probe.kind === 'nvme') return probe;
  throw new EraseMethodError(`${device.path} was probed as ${probe.kind}, and a sanitize of NVMe was asked for`);
}

/** The drive still says that the last sanitize was this one, and that it ended well. */
async function checkLog({ disk }: EraseTarget, action: SanitizeAction, context: MethodContext): Promise<Check> {
  const name = 'sanitize-log';
  try {
    const log = await readNvmeSanitizeLog(context.run, disk.device.path);
    const hasEnded = log.state === 'completed' || log.state === 'completed-deallocated';
    return {
      name,
      passed: hasEnded && log.cdw10 === sanitizeDword10(action),
      detail: `the log says: ${describeLog(log)}`,
    };
  } catch (error) {
    if (context.signal.aborted) throw error;
    return { name, passed: false, detail: `the log cannot be read: ${errorText(error)}` };
  }
}

/**
 * Only one sanitize has a content that the specification promises: after an overwrite with zeros a block is what was written, or
 * deallocated, and then zeros where DLFEAT says so. What is left by a block erase or a crypto erase is the drive's own affair.
 */
async function checkContent(
  { disk, target }: EraseTarget,
  action: SanitizeAction,
  context: MethodContext,
): Promise<readonly Check[]> {
  if (action !== 'overwrite' || !nvmeOf(disk).zerosAfterDiscard) return [];
  return [await readBack(target, { kind: 'zeros' }, context.options.readBack, context)];
}

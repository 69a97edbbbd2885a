import { errorText } from '../../../../errors/guards.ts';
import type { FormatErase } from '../../../../tools/nvme-format.ts';
import { readNvmeNamespace } from '../../../../tools/nvme-identify.ts';
import type { NvmeProbe, ProbedDisk } from '../../disk-probe.ts';
import {
  type Check,
  type EraseMethod,
  EraseMethodError,
  type EraseTarget,
  type MethodContext,
  type Support,
} from '../../method.ts';
import { NvmeDrive } from './drive.ts';
import { type FormatLimits, runFormat, usualFormatLimits } from './format-run.ts';
import { blockedByUnseen } from './unseen-namespaces.ts';

/**
 * Format NVM with secure erase (NVM Express Base Specification 2.0, section 5.14). Its replay is `repeat`: a drive keeps no log of
 * a format, and the percentage of one that is under way (FPI) says nothing of how it ended. So one that a dead process began is
 * waited for, and then the namespace is formatted once more, which does no harm.
 */
export function createNvmeFormat(erase: FormatErase, limits: FormatLimits = usualFormatLimits): EraseMethod {
  return {
    name: `nvme-format-${erase}`,
    supports: (disk) => supportOf(disk, erase),
    estimate: () => null,
    sanitization: () => (erase === 'crypto' ? 'purge' : 'clear'),
    reach: reachOf,
    replay: 'repeat',
    cancellable: false,
    run({ disk }, context) {
      const drive = new NvmeDrive(disk.device.path, context, limits);
      return runFormat({ erase, drive, context, limits, reach: reachOf(disk) });
    },
    verify: (target, _evidence, context) => checkNamespace(target, context),
  };
}

export const nvmeFormatCrypto = createNvmeFormat('crypto');
export const nvmeFormatUserData = createNvmeFormat('user-data');

function reachOf({ device, probe }: ProbedDisk): readonly string[] {
  return probe.kind === 'nvme' && probe.format.allNamespaces ? probe.namespaces : [device.path];
}

function supportOf({ probe }: ProbedDisk, erase: FormatErase): Support {
  if (probe.kind !== 'nvme') return { kind: 'unsupported', why: 'it is no NVMe drive' };
  if (!probe.format.supported) return { kind: 'unsupported', why: 'OACS bit 1 (Format NVM) is not set' };
  const blocked = probe.format.allNamespaces ? blockedByUnseen(probe) : null;
  if (erase === 'user-data') return blocked ?? { kind: 'supported', how: 'OACS bit 1 (Format NVM) is set' };
  // Some drives answer success to a crypto erase that they do not have.
  if (!probe.format.crypto) return { kind: 'unsupported', why: 'FNA bit 2 (crypto erase) is not set' };
  return blocked ?? { kind: 'supported', how: 'OACS bit 1 (Format NVM) and FNA bit 2 (crypto erase) are set' };
}

/** Same size, same blocks, none left to format. What the blocks hold now is not promised by the specification. */
async function checkNamespace({ disk, target }: EraseTarget, context: MethodContext): Promise<readonly Check[]> {
  const name = 'namespace';
  try {
    const { size, blockBytes, lbaFormat, formatPercentLeft } = await readNvmeNamespace(context.run, disk.device.path);
    const passed =
      size * blockBytes === target.sizeBytes &&
      blockBytes === target.sectorBytes &&
      lbaFormat === formatOf(disk).lbaFormat &&
      (formatPercentLeft ?? 0) === 0;
    const detail = `${size} blocks of ${blockBytes} bytes in format ${lbaFormat}, ${formatPercentLeft ?? 0} % left to format`;
    return [{ name, passed, detail }];
  } catch (error) {
    if (context.signal.aborted) throw error;
    return [{ name, passed: false, detail: `the namespace cannot be read: ${errorText(error)}` }];
  }
}

function formatOf({ device, probe }: ProbedDisk): NvmeProbe['format'] {
  if (probe.kind !== 'nvme') throw new EraseMethodError(`${device.path} was probed as ${probe.kind}, not as NVMe`);
  return probe.format;
}

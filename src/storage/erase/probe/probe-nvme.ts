import type { BlockDevice } from '../../../core/block-device.ts';
import type { Host } from '../../../core/job-context.ts';
import { type NvmeController, readNvmeController, readNvmeNamespace } from '../../../tools/nvme-identify.ts';
import { readNvmeSanitizeLog } from '../../../tools/nvme-sanitize-log.ts';
import type { NvmeProbe, SanitizeAbility, SanitizeSeconds } from '../disk-probe.ts';
import { findOtherNamespaces, type KernelView } from './nvme-namespaces.ts';
import { countNvmeControllers, findNvmeController, listNvmeNamespaces, readNvmeIdentity } from './nvme-sysfs.ts';

/**
 * What an NVMe drive can do to erase itself. It is only asked; also one that is being sanitized, or whose sanitize failed,
 * answers these questions. Throws where it does not, or not so that it can be understood: then nobody knows what would happen.
 */
export async function probeNvme(
  { path }: BlockDevice,
  { run }: Pick<Host, 'run'>,
  { sysfs = '/sys' }: { readonly sysfs?: string } = {},
): Promise<NvmeProbe> {
  const namespaces = listNvmeNamespaces(path, sysfs);
  const controller = await readNvmeController(run, path);
  const namespace = await readNvmeNamespace(run, path);
  const sanitize = sanitizeOf(controller);
  const log = Object.values(sanitize).includes(true) ? await readNvmeSanitizeLog(run, path) : null;
  return {
    kind: 'nvme',
    controller: `/dev/${findNvmeController(path, sysfs)}`,
    namespaces,
    ...(await findOtherNamespaces(run, path, controller, kernelViewOf(path, namespaces, sysfs))),
    sanitize,
    sanitizeSeconds: secondsOf(log?.seconds),
    format: formatOf(controller, namespace.lbaFormat),
    zerosAfterDiscard: namespace.zerosAfterDiscard,
  };
}

function kernelViewOf(device: string, namespaces: readonly string[], sysfs: string): KernelView {
  return {
    ownId: readNvmeIdentity(device, sysfs).namespaceId,
    listedIds: namespaces.map((path) => readNvmeIdentity(path, sysfs).namespaceId),
    controllers: countNvmeControllers(device, sysfs),
  };
}

/** SANICAP bits 0, 1 and 2. */
function sanitizeOf({ sanicap }: NvmeController): SanitizeAbility {
  return { crypto: (sanicap & 1) !== 0, block: (sanicap & 2) !== 0, overwrite: (sanicap & 4) !== 0 };
}

/** The drive speaks of 16 passes, and one is asked for. */
function secondsOf(
  seconds: {
    readonly crypto: number | null;
    readonly block: number | null;
    readonly sixteenOverwrites: number | null;
  } = {
    crypto: null,
    block: null,
    sixteenOverwrites: null,
  },
): SanitizeSeconds {
  const { crypto, block, sixteenOverwrites } = seconds;
  return { crypto, block, overwrite: sixteenOverwrites === null ? null : Math.ceil(sixteenOverwrites / 16) };
}

/** OACS bit 1; FNA bits 0 (a format goes over all namespaces), 1 (its erase does) and 2 (crypto erase). */
function formatOf({ oacs, fna }: NvmeController, lbaFormat: number): NvmeProbe['format'] {
  return {
    supported: (oacs & 2) !== 0,
    crypto: (fna & 4) !== 0,
    allNamespaces: (fna & 3) !== 0,
    lbaFormat,
  };
}

import type { RunTool } from '../../../core/tool.ts';
import type { NvmeController } from '../../../tools/nvme-identify.ts';
import { listNvmeNamespaceIds } from '../../../tools/nvme-list-ns.ts';
import type { NvmeProbe } from '../disk-probe.ts';

/** What the kernel knows of the subsystem of a namespace. */
export interface KernelView {
  readonly ownId: number;
  readonly listedIds: readonly number[];
  /** Of the subsystem, as many as the kernel knows. */
  readonly controllers: number;
}

/** What the drive says of its namespaces. A list is null where the drive refuses it. */
export interface DriveView extends Pick<NvmeController, 'cmic' | 'oacs' | 'nn'> {
  readonly allocated: readonly number[] | null;
  /** Of one controller. */
  readonly active: readonly number[] | null;
}

type Unseen = Pick<NvmeProbe, 'otherNamespaces' | 'namespaceDoubt'>;

/** As many as one answer of Identify holds: there may be more. */
const fullList = 1024;

/** Asks the drive for namespaces that the kernel does not list. Throws where it does not answer. */
export async function findOtherNamespaces(
  run: RunTool,
  device: string,
  { cmic, oacs, nn }: NvmeController,
  kernel: KernelView,
): Promise<Unseen> {
  const allocated = await listNvmeNamespaceIds(run, device, 'allocated');
  const active = await listNvmeNamespaceIds(run, device, 'active');
  return judgeNamespaces({ cmic, oacs, nn, allocated, active }, kernel);
}

/**
 * Compares what drive and kernel tell (NVM Express Base Specification 2.0, section 3.2.1). It is certain that nothing is missing
 * in two cases: the drive has one controller (CMIC bit 1 is clear), and then everything is attached to it unless there is
 * Namespace Management (OACS bit 3); or it has Namespace Management and tells what is allocated, because only then are IDs unique
 * in the whole subsystem. A drive of several controllers without it may have namespaces of the same ID behind each of them: it is
 * doubted where the kernel knows one of them, and believed where it knows several, as a drive with both ports here has them: that
 * no third one is elsewhere cannot be asked of it. Pure.
 */
export function judgeNamespaces(drive: DriveView, kernel: KernelView): Unseen {
  const allocated = credible(drive.allocated, drive, kernel);
  const active = credible(drive.active, drive, kernel);
  const told = [...new Set([...(allocated ?? []), ...(active ?? [])])].sort((one, other) => one - other);
  return {
    otherNamespaces: told.filter((id) => !kernel.listedIds.includes(id)),
    namespaceDoubt: doubtOf({ ...drive, allocated, active }, kernel),
  };
}

/** Drives that do not know what they are asked for answer anything at all, zeros or another page: such a list counts as refused. */
function credible(
  list: readonly number[] | null,
  { nn }: Pick<DriveView, 'nn'>,
  { ownId }: KernelView,
): readonly number[] | null {
  if (list === null || list.length >= fullList || !list.includes(ownId)) return null;
  return list.every((id, index) => id > (list[index - 1] ?? 0) && id <= nn) ? list : null;
}

function doubtOf(
  { cmic, oacs, nn, allocated, active }: DriveView,
  { listedIds, controllers }: KernelView,
): string | null {
  const hasManagement = (oacs & 8) !== 0;
  if (hasManagement) {
    return allocated
      ? null
      : 'it has Namespace Management (OACS bit 3), but gives no credible list of the allocated namespaces';
  }
  if ((cmic & 2) !== 0 && controllers < 2) {
    return 'it may have several controllers (CMIC bit 1) with namespaces of their own, and this kernel knows only one';
  }
  if (allocated || active || nn <= listedIds.length) return null;
  return `it gives no credible list of its namespaces, of which there may be ${nn}`;
}

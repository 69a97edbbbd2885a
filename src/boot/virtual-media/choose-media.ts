import type { LsblkRow } from '../../tools/lsblk.ts';

/** The devices that hold what the conductor put there; null where there is none. */
export interface ChosenMedia {
  readonly parameters: LsblkRow | null;
  readonly config: LsblkRow | null;
  /** Devices that carry the right name and are no virtual media, with the reason. */
  readonly refusals: readonly string[];
}

const parametersLabel = 'ir-vfd-dev';
const parametersModel = 'virtual media';
const configLabels = ['config-2', 'vmedia_boot_iso'];
/** The size below which a USB disk is taken for one that a management controller shows. */
const largestUsbBytes = 4 * 1024 ** 3;

/**
 * Finds the virtual media among the block devices. A label proves nothing, anybody can write one on a disk of the machine: the
 * device must be a CD or a small USB disk, and no partition.
 */
export function chooseMedia(rows: readonly LsblkRow[]): ChosenMedia {
  const named = (row: LsblkRow, labels: readonly string[]): boolean => labels.includes(row.label?.toLowerCase() ?? '');
  const parameters = rows.filter((row) => named(row, [parametersLabel]));
  const byModel = rows.filter(({ model }) => model?.toLowerCase().includes(parametersModel));
  const config = rows.filter((row) => named(row, configLabels));
  const refused = new Set([...parameters, ...config].filter((row) => !isVirtualMedium(row)));
  return {
    parameters: parameters.find(isVirtualMedium) ?? byModel.find(isVirtualMedium) ?? null,
    config: config.find(isVirtualMedium) ?? null,
    refusals: [...refused].map(
      ({ kernelName, label, type, transport, sizeBytes }) =>
        `/dev/${kernelName}, labelled ${label}: expected a CD or a USB disk smaller than 4 GiB, ` +
        `got a device of type ${type} (transport ${transport ?? 'none'}, ${sizeBytes} bytes)`,
    ),
  };
}

function isVirtualMedium({ type, transport, sizeBytes }: LsblkRow): boolean {
  return type === 'rom' || (type === 'disk' && transport === 'usb' && sizeBytes < largestUsbBytes);
}

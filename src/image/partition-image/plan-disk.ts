import { existsSync } from 'node:fs';
import type { BlockDevice } from '../../core/block-device.ts';
import type { IronicNode } from '../../core/ironic-node.ts';
import type { Host } from '../../core/job-context.ts';
import { isMapped } from '../../storage/mapped-device.ts';
import { type PartitionLayout, planPartitions } from '../../storage/partition/layout.ts';
import { LayoutError } from '../../storage/partition/layout-error.ts';
import { matchLayout } from '../../storage/partition/layout-match.ts';
import { readTable } from '../../tools/sfdisk.ts';
import type { RequestedPartitions } from '../request/image-info.ts';
import { chooseBootMode, chooseTableLabel, isPower } from './boot-choice.ts';
import { ephemeralMaker, type MakeEphemeral } from './ephemeral-format.ts';

export interface DiskRequest {
  readonly device: BlockDevice;
  readonly node: IronicNode;
  readonly wanted: RequestedPartitions;
  readonly configDrive: Uint8Array | null;
  /** Size of the root file system in the image; null where nobody knows. */
  readonly rootImageBytes: number | null;
}

export interface DiskPlan {
  readonly layout: PartitionLayout;
  /** null where there is no ephemeral partition, or where it is preserved. */
  readonly makeEphemeral: MakeEphemeral | null;
}

const mebibyte = 1024 * 1024;
/** Where the kernel shows that it was started by UEFI (Documentation/ABI/testing/sysfs-firmware-efi). */
const efiDirectory = '/sys/firmware/efi';

/**
 * All that can be known before the disk is touched: the layout (of the table that it has, where that is preserved), and that
 * the programs for it are there. Only reads. Throws LayoutError.
 */
export async function planDisk(request: DiskRequest, host: Host): Promise<DiskPlan> {
  const { device, wanted, rootImageBytes } = request;
  if (rootImageBytes !== null && rootImageBytes > wanted.rootMib * mebibyte) {
    const needed = Math.ceil(rootImageBytes / mebibyte);
    throw new LayoutError(`the image has ${needed} MiB, the root partition is to have ${wanted.rootMib} MiB`);
  }
  if (isMapped(device.path)) {
    throw new LayoutError('it is a device of the device mapper, on which the kernel itself knows no partitions');
  }
  const planned = layoutFor(request, host);
  if (wanted.preserveEphemeral) {
    return { layout: matchLayout(planned, await readTable(host.run, device.path)), makeEphemeral: null };
  }
  const { ephemeralMib, ephemeralFormat } = wanted;
  const makeEphemeral = ephemeralMib > 0 ? await ephemeralMaker(ephemeralFormat, ephemeralMib, host.run) : null;
  return { layout: planned, makeEphemeral };
}

function layoutFor({ device, node, wanted, configDrive }: DiskRequest, { config }: Host): PartitionLayout {
  const bootMode = chooseBootMode(node, existsSync(efiDirectory));
  return planPartitions({
    disk: { sizeBytes: device.sizeBytes, sectorBytes: device.logicalSectorBytes },
    bootMode,
    label: chooseTableLabel(node, bootMode),
    power: isPower(node, process.arch),
    wanted,
    configDriveBytes: configDrive?.length ?? null,
    efiMib: config.efiSystemPartitionSizeMib,
    biosBootMib: config.biosBootPartitionSizeMib,
  });
}

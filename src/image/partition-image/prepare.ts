import type { BlockDevice } from '../../core/block-device.ts';
import type { IronicNode } from '../../core/ironic-node.ts';
import type { Host } from '../../core/job-context.ts';
import { ImageWriteError, InvalidCommandParamsError } from '../../errors/catalogue.ts';
import { eraseMetadata } from '../../storage/erase/metadata/erase-metadata.ts';
import {
  type FoundPartition,
  findPartitions,
  PartitionsNotFoundError,
} from '../../storage/partition/find-partitions.ts';
import { LayoutError } from '../../storage/partition/layout-error.ts';
import { matchLayout } from '../../storage/partition/layout-match.ts';
import { makePartitions } from '../../storage/partition/make-partitions.ts';
import { readTable } from '../../tools/sfdisk.ts';
import type { ImageInfo } from '../request/image-info.ts';
import { fillPartitions } from './fill-partitions.ts';
import { type PartitionUuids, readPartitionUuids } from './partition-uuids.ts';
import { type DiskPlan, planDisk } from './plan-disk.ts';

export interface PartitionImageRequest {
  /** A partition image: `partitions` is not null. */
  readonly imageInfo: ImageInfo;
  /** The whole disk; the caller has asked the guard. */
  readonly device: BlockDevice;
  /** Its partitions as they are now. */
  readonly partitions: readonly BlockDevice[];
  readonly node: IronicNode;
  /** Written as it is; null for none. */
  readonly configDrive: Uint8Array | null;
  /** Size of the root file system in the image; null where nobody knows yet. */
  readonly rootImageBytes: number | null;
}

/** A disk on which all but root has its content. */
export interface PreparedDisk {
  /** The partition that the root file system of the image goes to. */
  readonly root: BlockDevice;
  readonly partitions: readonly FoundPartition[];
  /** Reads the UUIDs, once root is written. Throws InvalidImageError, ToolError. */
  finish(): Promise<PartitionUuids>;
}

/**
 * Makes the partitions that Ironic wants around the file system of a partition image, and fills all but root. Wipes the disk
 * first, unless its ephemeral partition is to be preserved: then the table must be the one that would be made. No boot code is
 * written: on a BIOS machine a boot loader would have to be run out of the image (CVE-2026-43003). Throws
 * InvalidCommandParamsError where nothing was touched; SafetyLatchError, BlockDeviceEraseError, ImageWriteError, ToolError,
 * DeviceClaimError or DeviceWriteError after that.
 */
export async function preparePartitions(request: PartitionImageRequest, host: Host): Promise<PreparedDisk> {
  const { imageInfo, device, configDrive } = request;
  const { layout, makeEphemeral } = await planOrRefuse(request, host);
  const preserve = wantedOf(request).preserveEphemeral;
  host.signal.throwIfAborted();
  host.log.info({ image: imageInfo.id, device: device.path, preserve, ...layout }, 'preparing partitions');
  try {
    if (!preserve) await eraseMetadata(device, request.partitions, host);
    const partitions = await (preserve ? findPartitions : makePartitions)(device, layout, host);
    await fillPartitions(partitions, { makeEphemeral, configDrive, preserve }, host);
    host.log.info({ image: imageInfo.id, device: device.path }, 'partitions prepared');
    return preparedDisk(partitions, host);
  } catch (error) {
    if (!(error instanceof PartitionsNotFoundError)) throw error;
    throw new ImageWriteError(`image ${imageInfo.id}: ${error.message}`, { cause: error });
  }
}

/**
 * Finds a disk that preparePartitions has prepared for the same request, for a job that goes on after its process died; null
 * where its table is another one. Writes nothing. Throws ToolError.
 */
export async function reopenPartitions(request: PartitionImageRequest, host: Host): Promise<PreparedDisk | null> {
  const { device } = request;
  try {
    const { layout } = await planDisk({ ...request, wanted: wantedOf(request) }, host);
    const found = matchLayout(layout, await readTable(host.run, device.path));
    return preparedDisk(await findPartitions(device, found, host), host);
  } catch (error) {
    if (error instanceof LayoutError || error instanceof PartitionsNotFoundError) return null;
    throw error;
  }
}

async function planOrRefuse(request: PartitionImageRequest, host: Host): Promise<DiskPlan> {
  const { imageInfo, device } = request;
  try {
    return await planDisk({ ...request, wanted: wantedOf(request) }, host);
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    const message = `image ${imageInfo.id} on ${device.path}: ${error.message}; the disk was not touched`;
    throw new InvalidCommandParamsError(message, { cause: error });
  }
}

function wantedOf({ imageInfo }: PartitionImageRequest): NonNullable<ImageInfo['partitions']> {
  if (imageInfo.partitions === null) throw new Error(`image ${imageInfo.id} is no partition image`);
  return imageInfo.partitions;
}

function preparedDisk(partitions: readonly FoundPartition[], host: Host): PreparedDisk {
  const root = partitions.find(({ planned: { role } }) => role === 'root');
  if (root === undefined) throw new Error('the layout has no root partition');
  return { root: root.device, partitions, finish: () => readPartitionUuids(partitions, host) };
}

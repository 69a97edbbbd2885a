import type { IronicNode } from '../core/ironic-node.ts';
import type { JobContext } from '../core/job-context.ts';
import { chooseRootDevice } from '../storage/choose-root-device.ts';
import { assertMayDestroy } from '../storage/guard.ts';
import type { JudgedDisk } from '../storage/root-device.ts';
import { imageInfoFromWire, type WireImageInfo } from './request/image-info.ts';
import { writeImage } from './write-image.ts';
import type { WrittenImage } from './written-image.ts';

export interface DeployRequest {
  readonly imageInfo: WireImageInfo;
  /** Config drive beside the one that image_info may have. */
  readonly configdrive: string | object | null;
  /** Whose root device hints and skip list count; null where lookup and steps have brought none yet. */
  readonly node: IronicNode | null;
}

/** Result of the step write_image and of standby.prepare_image, as the contract words it. */
export interface DeployResult {
  readonly result: string;
  /** Which disk the image went to, and of every disk why. Ours; the conductor keeps it and looks no further. */
  readonly root_device: { readonly device: string; readonly considered: readonly JudgedDisk[] };
  readonly image: ImageEvidence;
}

/** What shows that the image is there: sizes in bytes, the digest of the bytes as served. */
export interface ImageEvidence {
  readonly format: string;
  readonly size_bytes: number;
  readonly served_bytes: number;
  readonly algorithm: string;
  readonly digest: string;
  /** Where the write went on after a crash; null where it was done in one run. */
  readonly resumed_from: number | null;
  /** What was read back from the device; null where `image_verification` wants nothing. */
  readonly read_back: { readonly mode: string; readonly bytes: number; readonly unchecked_bytes: number } | null;
  readonly config_drive_partition: number | null;
}

/** Finds the root device, asks the guard, writes the image and records what the conductor asks for afterwards. */
export async function deployImage(request: DeployRequest, context: JobContext): Promise<DeployResult> {
  const imageInfo = imageInfoFromWire(request.imageInfo);
  const { node, device, judged, devices } = await chooseRootDevice(request.node, context);
  const partitions = devices.filter(({ kind, disk }) => kind === 'partition' && disk === device.path);
  await assertMayDestroy([device], context, { node });
  const configDrive = request.configdrive ?? request.imageInfo.configdrive;
  const written = await writeImage({ imageInfo, device, partitions, node, configDrive }, context);
  await context.state.write('partitionUuids', written.partitionUuids);
  await context.state.write('writtenImage', { id: imageInfo.id, device: device.path });
  return {
    result: `prepare_image: image (${imageInfo.id}) written to device ${device.path} root_uuid=${written.partitionUuids['root uuid']}`,
    root_device: { device: device.path, considered: judged },
    image: evidence(written),
  };
}

function evidence({ verified, ...written }: WrittenImage): ImageEvidence {
  return {
    format: written.format,
    size_bytes: written.sizeBytes,
    served_bytes: written.servedBytes,
    algorithm: written.algorithm,
    digest: written.digest,
    resumed_from: written.resumedFrom,
    read_back: verified && {
      mode: verified.mode,
      bytes: verified.checkedBytes,
      unchecked_bytes: verified.uncheckedBytes,
    },
    config_drive_partition: written.configDrivePartition,
  };
}

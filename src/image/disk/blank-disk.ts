import type { BlockDevice } from '../../core/block-device.ts';
import type { JobContext } from '../../core/job-context.ts';
import { type ClaimedDevice, claimDevice } from '../../storage/claim-device.ts';
import { eraseMetadata } from '../../storage/erase/metadata.ts';
import type { DiskTarget } from './disk-target.ts';

/** A disk that is wiped and claimed when the first attempt needs it, and stays claimed for the next ones. */
export interface BlankDisk extends AsyncDisposable {
  claim(): Promise<DiskTarget>;
}

/**
 * Before the first byte of an image the old signatures and the first and last MiB of the disk go (eraseMetadata reads them
 * back as zero): from there on it does not boot until the image is complete.
 */
export function blankDisk(disk: BlockDevice, partitions: readonly BlockDevice[], context: JobContext): BlankDisk {
  let claimed: ClaimedDevice | null = null;
  return {
    async claim() {
      if (!claimed) {
        context.log.info({ device: disk.path, partitions: partitions.length }, 'wiping old metadata');
        await eraseMetadata(disk, partitions, context);
        claimed = await claimDevice(disk, context, { direct: true });
      }
      const { path, sizeBytes, logicalSectorBytes } = disk;
      return { handle: claimed.handle, path, sizeBytes, sectorBytes: logicalSectorBytes };
    },
    async [Symbol.asyncDispose]() {
      await claimed?.close();
    },
  };
}

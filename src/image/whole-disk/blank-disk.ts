import type { BlockDevice } from '../../core/block-device.ts';
import type { JobContext } from '../../core/job-context.ts';
import { type ClaimedDevice, claimDevice } from '../../storage/claim-device.ts';
import { type DiskTarget, targetOf } from '../../storage/device-io/disk-target.ts';
import { eraseMetadata } from '../../storage/erase/metadata/erase-metadata.ts';
import { zeroEnds } from '../disk/zero-ends.ts';

/** A disk that is made blank and claimed when the first attempt needs it, and stays claimed for the next ones. */
export interface BlankDisk extends AsyncDisposable {
  /**
   * `blank` wipes old signatures, also those of the partitions; `as-it-is` keeps what an interrupted run has written. Either
   * way the first and the last MiB are zero then.
   */
  claim(how: 'blank' | 'as-it-is'): Promise<DiskTarget>;
}

/**
 * Before the first byte of an image the old signatures and the first and last MiB of the disk go (eraseMetadata reads them
 * back as zero): from there on it does not boot until the image is complete.
 */
export function blankDisk(disk: BlockDevice, partitions: readonly BlockDevice[], context: JobContext): BlankDisk {
  let claimed: ClaimedDevice | null = null;
  let isBlank = false;
  return {
    async claim(how) {
      if (how === 'blank' && !isBlank) {
        // Wiping claims the disk and its partitions one after the other.
        await claimed?.close();
        claimed = null;
        context.log.info({ device: disk.path, partitions: partitions.length }, 'wiping old metadata');
        await eraseMetadata(disk, partitions, context);
        isBlank = true;
      }
      claimed ??= await claimDevice(disk, context, { direct: true });
      const target = targetOf(claimed);
      if (how === 'as-it-is') await zeroEnds(target);
      return target;
    },
    async [Symbol.asyncDispose]() {
      await claimed?.close();
    },
  };
}

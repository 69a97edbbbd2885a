import type { JobContext } from '../../core/job-context.ts';
import { type ClaimedDevice, claimDevice } from '../../storage/claim-device.ts';
import { type DiskTarget, targetOf } from '../../storage/device-io/disk-target.ts';
import { writeHeld } from '../disk/write-held.ts';
import { zeroEnds } from '../disk/zero-ends.ts';
import { ResumeRefusedError } from '../resume/resume-refused-error.ts';
import { bringToDevice, type Transferred } from '../transfer/transfer.ts';
import { createVerifier, type Verification } from '../transfer/verification.ts';
import { evidenceOf, type PreparedWrite, type WrittenImage } from '../written-image.ts';
import { type PreparedDisk, preparePartitions, reopenPartitions } from './prepare.ts';

const mebibyte = 1024 * 1024;

/** Writes the image of a file system into a root partition, and makes the partitions around it that Ironic wants. */
export async function writePartitionImage(prepared: PreparedWrite, context: JobContext): Promise<WrittenImage> {
  const root = rootPartition(prepared, context);
  const { transferred, verified } = await writeRoot(prepared, root, context);
  const { partitions, finish } = root.disk();
  const drive = partitions.find(({ planned: { role } }) => role === 'config-drive');
  return {
    ...evidenceOf(prepared, transferred),
    verified,
    table: null,
    configDrivePartition: drive?.planned.number ?? null,
    partitionUuids: { ...(await finish()) },
  };
}

/** The root partition, which is there once the image has passed what can be checked before. */
interface RootPartition extends AsyncDisposable {
  claim(how: 'blank' | 'as-it-is'): Promise<DiskTarget>;
  /** The disk around it; throws before the first claim. */
  disk(): PreparedDisk;
}

async function writeRoot(
  { imageInfo, device, expected, options }: PreparedWrite,
  partition: RootPartition,
  context: JobContext,
): Promise<{ readonly transferred: Transferred; readonly verified: Verification | null }> {
  await using root = partition;
  const verifier = createVerifier(context);
  const targetBytes = Math.min(device.sizeBytes, (imageInfo.partitions?.rootMib ?? 0) * mebibyte);
  const transfer = { imageInfo, device, targetBytes, expected, options, claim: root.claim, verifier };
  const transferred = await bringToDevice(transfer, context);
  const verified = await verifier.verify(transferred.writer.target);
  await writeHeld(transferred.writer, context.signal);
  return { transferred, verified };
}

function rootPartition(prepared: PreparedWrite, context: JobContext): RootPartition {
  let disk: PreparedDisk | null = null;
  let claimed: ClaimedDevice | null = null;
  return {
    async claim(how) {
      if (!disk) {
        const request = { ...prepared, rootImageBytes: null };
        disk = await (how === 'blank' ? preparePartitions : reopenPartitions)(request, context);
        if (!disk) throw new ResumeRefusedError(`${prepared.device.path} has other partitions than before`);
      }
      claimed ??= await claimDevice(disk.root, context, { direct: true });
      const target = targetOf(claimed);
      await zeroEnds(target);
      return target;
    },
    disk() {
      if (disk) return disk;
      throw new Error('the partitions have not been made');
    },
    async [Symbol.asyncDispose]() {
      await claimed?.close();
    },
  };
}

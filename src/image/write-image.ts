import type { BlockDevice } from '../core/block-device.ts';
import type { JobContext } from '../core/job-context.ts';
import { ImageDownloadError } from '../errors/catalogue.ts';
import { showDiskSignature } from '../storage/partition/mbr.ts';
import { updatePartitions } from '../tools/partx-update.ts';
import { settle, udevRuns } from '../tools/udevadm.ts';
import { blankDisk } from './disk/blank-disk.ts';
import { type FinishedDisk, finishDisk } from './disk/finish-disk.ts';
import { checkDiskFormat } from './format/disk-format.ts';
import { fetchText } from './http/fetch-text.ts';
import type { GetOptions } from './http/get.ts';
import { tlsSettings } from './http/tls-settings.ts';
import { asWireError } from './image-errors.ts';
import { imageAuthorization } from './request/authorization.ts';
import { type ExpectedDigest, expectedDigest } from './request/checksum.ts';
import type { ImageInfo } from './request/image-info.ts';
import { allocateBlocks } from './stream/block-pool.ts';
import type { HeldBack } from './stream-to-disk.ts';
import { transferImage } from './transfer-image.ts';
import { type RetryPolicy, tryAddresses } from './try-addresses.ts';

export interface WriteImageRequest {
  readonly imageInfo: ImageInfo;
  /** The whole disk to write; the caller has asked the guard. */
  readonly device: BlockDevice;
  /** Its partitions, whose old signatures are wiped too. */
  readonly partitions: readonly BlockDevice[];
}

/** What was written, as far as it is evidence. */
export interface WrittenImage {
  readonly device: string;
  readonly sizeBytes: number;
  readonly algorithm: string;
  /** Digest of the bytes as served, lower-case hex; equal to the expected one. */
  readonly digest: string;
  readonly table: 'gpt' | 'mbr';
  readonly partitionCount: number;
  /** True where the backup GPT was moved to the end of a larger disk. */
  readonly backupMoved: boolean;
  /** MBR disk signature, `0x0123abcd`: Ironic's root UUID of a whole-disk image. */
  readonly rootUuid: string;
}

/**
 * Writes a raw whole-disk image in one pass. Nothing of the disk is touched before checksum, address, size and first bytes
 * have been looked at; the first MiB is written last. Throws errors of the catalogue, or the reason of the signal.
 */
export async function writeImage(request: WriteImageRequest, context: JobContext): Promise<WrittenImage> {
  const { imageInfo, device } = request;
  const seconds = context.config.imageDownloadMaxDurationSeconds;
  const limit = seconds > 0 ? AbortSignal.timeout(seconds * 1000) : null;
  const signal = limit ? AbortSignal.any([context.signal, limit]) : context.signal;
  try {
    return await writeWithin(request, { ...context, signal });
  } catch (error) {
    if (limit?.aborted && error === limit.reason) {
      throw new ImageDownloadError(`Download of image ${imageInfo.id} failed: not done within ${seconds} s`, {
        cause: error,
      });
    }
    throw asWireError(imageInfo, device.path, error);
  }
}

async function writeWithin(request: WriteImageRequest, context: JobContext): Promise<WrittenImage> {
  const { imageInfo, device } = request;
  checkDiskFormat(imageInfo);
  const options = getOptions(imageInfo, context);
  const expected = await findExpected(imageInfo, options, context);
  context.log.info({ image: imageInfo.id, device: device.path, ...expected }, 'writing image');
  const { held, finished } = await bringToDisk(request, expected, options, context);
  await showToKernel(device.path, context);
  const { table, backupMoved } = finished;
  const written: WrittenImage = {
    device: device.path,
    sizeBytes: held.sizeBytes,
    algorithm: expected.algorithm,
    digest: held.digest,
    table: table.kind,
    partitionCount: table.kind === 'gpt' ? table.gpt.partitions.length : table.mbr.partitions.length,
    backupMoved,
    rootUuid: showDiskSignature(table.mbr),
  };
  context.log.info({ image: imageInfo.id, ...written }, 'image written');
  return written;
}

/** Everything during which the disk is ours alone. */
async function bringToDisk(
  { imageInfo, device, partitions }: WriteImageRequest,
  expected: ExpectedDigest,
  options: GetOptions,
  context: JobContext,
): Promise<{ readonly held: HeldBack; readonly finished: FinishedDisk }> {
  await using disk = blankDisk(device, partitions, context);
  const transfer = { imageInfo, device, expected, options, memory: allocateBlocks(), claim: disk.claim };
  const { target, held, spare, phase } = await tryAddresses(
    imageInfo.urls,
    retryPolicy(context),
    context,
    (address, number) => transferImage({ address, number }, transfer, context),
  );
  const finished = await finishDisk({ target, held, spare, signal: context.signal });
  context.report({ phase, done: held.sizeBytes, total: held.sizeBytes });
  return { held, finished };
}

function getOptions(imageInfo: ImageInfo, { config, signal }: JobContext): GetOptions {
  return {
    tls: () => tlsSettings(config),
    timeoutSeconds: config.imageDownloadConnectionTimeoutSeconds,
    signal,
    authorization: imageAuthorization(imageInfo, config),
  };
}

function findExpected(imageInfo: ImageInfo, options: GetOptions, context: JobContext): Promise<ExpectedDigest> {
  return expectedDigest(imageInfo, {
    md5Enabled: context.config.md5Enabled,
    fetchText: (address) =>
      tryAddresses([address], retryPolicy(context), context, (tried) => fetchText(tried, options)),
  });
}

function retryPolicy({ config }: JobContext): RetryPolicy {
  return {
    retries: config.imageDownloadConnectionRetries,
    intervalSeconds: config.imageDownloadConnectionRetryIntervalSeconds,
  };
}

async function showToKernel(path: string, { run, log }: JobContext): Promise<void> {
  await updatePartitions(run, path);
  if (udevRuns()) await settle(run);
  log.info({ device: path }, 'partitions made known to the kernel');
}

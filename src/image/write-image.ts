import type { JobContext } from '../core/job-context.ts';
import { ImageDownloadError } from '../errors/catalogue.ts';
import { loadConfigDrive } from './config-drive/load-drive.ts';
import { besideImage } from './http/beside-image.ts';
import { fetchText } from './http/fetch-text.ts';
import { imageTransferOptions } from './http/image-transfer-options.ts';
import type { RemoteOptions } from './http/remote-options.ts';
import { asWireError } from './image-errors.ts';
import { writePartitionImage } from './partition-image/write-partition-image.ts';
import { expectedDigest } from './request/checksum.ts';
import { writeWholeDisk } from './whole-disk/write-whole-disk.ts';
import type { PreparedWrite, WriteImageRequest, WrittenImage } from './written-image.ts';

/** In milliseconds: what a timer of Node can count. A longer one would be over at once. */
const longestTimer = 2 ** 31 - 1;

/**
 * Writes an image in one pass. Nothing of the disk is touched before checksum, config drive, address, size and first bytes have
 * been looked at; the first MiB is written last. Throws errors of the catalogue, or the reason of the signal.
 */
export async function writeImage(request: WriteImageRequest, context: JobContext): Promise<WrittenImage> {
  const { imageInfo, device } = request;
  const seconds = context.config.imageDownloadMaxDurationSeconds;
  const limit = seconds > 0 ? AbortSignal.timeout(Math.min(seconds * 1000, longestTimer)) : null;
  const signal = limit ? AbortSignal.any([context.signal, limit]) : context.signal;
  try {
    return await writeWithin(request, { ...context, signal });
  } catch (error) {
    // What a program or a socket says of its end is not the reason for it.
    context.signal.throwIfAborted();
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
  const options = imageTransferOptions(imageInfo, context);
  const expected = await expectedDigest(imageInfo, {
    md5Enabled: context.config.md5Enabled,
    fetchText: (address) => fetchText(address, besideImage(address, imageInfo.urls, options)),
  });
  const configDrive = await drive(request, options, context);
  context.log.info({ image: imageInfo.id, device: device.path, ...expected }, 'writing image');
  const prepared: PreparedWrite = { ...request, expected, options, configDrive };
  const written = await (imageInfo.partitions ? writePartitionImage : writeWholeDisk)(prepared, context);
  context.log.info({ image: imageInfo.id, ...written }, 'image written');
  return written;
}

async function drive(
  { configDrive, device, imageInfo }: WriteImageRequest,
  options: RemoteOptions,
  { config }: JobContext,
): Promise<Uint8Array | null> {
  if (configDrive === null || configDrive === '') return null;
  const fit = { sectorBytes: device.logicalSectorBytes, rebuild: config.configDriveRebuild };
  return loadConfigDrive(configDrive, { ...fit, imageUrls: imageInfo.urls }, options);
}

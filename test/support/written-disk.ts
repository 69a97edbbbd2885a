import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { imageInfoFromWire, imageInfoSchema } from '../../src/image/request/image-info.ts';
import { writeImage } from '../../src/image/write-image.ts';
import type { WrittenImage } from '../../src/image/written-image.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { createJobContext, type JobContextOptions, type TestJobContext } from './job-context.ts';
import type { LoopDevice } from './loop-device.ts';

const MiB = 1024 * 1024;

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export interface WriteAttempt {
  readonly context: TestJobContext;
  readonly written: Promise<WrittenImage>;
}

/** Starts writing an image, described by `image_info` as it comes from the wire, to a loop device. */
export async function startWrite(
  disk: Pick<LoopDevice, 'path'>,
  wireInfo: Readonly<Record<string, unknown>>,
  options: Partial<JobContextOptions> = {},
  configDrive: string | null = null,
): Promise<WriteAttempt> {
  const context = createJobContext({ devices: [disk.path], ...options });
  const devices = await listBlockDevices(createJobContext({ devices: [disk.path] }), { partitions: true });
  const device = devices.find(({ path }) => path === disk.path);
  if (!device) throw new Error(`${disk.path} is not listed`);
  const partitions = devices.filter(({ kind, disk: parent }) => kind === 'partition' && parent === disk.path);
  const imageInfo = imageInfoFromWire(await imageInfoSchema.validateAsync({ id: 'test.raw', ...wireInfo }));
  return {
    context,
    written: writeImage({ imageInfo, device, partitions, node: { uuid: 'test' }, configDrive }, context),
  };
}

export async function write(...args: Parameters<typeof startWrite>): Promise<WrittenImage> {
  const { written } = await startWrite(...args);
  return written;
}

/** The bytes of the disk, read from its backing file. */
export function bytesOf(disk: LoopDevice): Buffer {
  return readFileSync(disk.backingFile);
}

/** True where the disk has neither a boot sector nor a partition table at either end. */
export function cannotBoot(disk: LoopDevice): boolean {
  const bytes = bytesOf(disk);
  return [bytes.subarray(0, MiB), bytes.subarray(-MiB)].every((part) => part.every((byte) => byte === 0));
}

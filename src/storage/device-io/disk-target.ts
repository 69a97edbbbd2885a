import type { FileHandle } from 'node:fs/promises';
import { errorText } from '../../errors/guards.ts';
import type { ClaimedDevice } from '../claim-device.ts';

/** The disk that is written, open with O_DIRECT and for us alone. */
export interface DiskTarget {
  readonly handle: FileHandle;
  readonly path: string;
  readonly sizeBytes: number;
  readonly sectorBytes: number;
}

/** A write that the device did not take. */
export class DeviceWriteError extends Error {
  constructor(message: string, options: ErrorOptions) {
    super(message, options);
    this.name = 'DeviceWriteError';
  }
}

/** A read that the device did not answer. */
export class DeviceReadError extends Error {
  constructor(message: string, options: ErrorOptions) {
    super(message, options);
    this.name = 'DeviceReadError';
  }
}

/** The target that a claimed device is; claimed with `direct`. */
export function targetOf({ handle, device }: ClaimedDevice): DiskTarget {
  const { path, sizeBytes, logicalSectorBytes } = device;
  return { handle, path, sizeBytes, sectorBytes: logicalSectorBytes };
}

/** Fills page-aligned memory from the device, past the page cache; throws DeviceReadError. */
export async function readInto({ path, handle }: DiskTarget, bytes: Uint8Array, offset: number): Promise<void> {
  const what = `${path}: cannot read ${bytes.length} bytes at offset ${offset}`;
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, offset + done).catch((error: unknown) => {
      throw new DeviceReadError(`${what}: ${errorText(error)}`, { cause: error });
    });
    if (bytesRead === 0) throw new DeviceReadError(`${what}: the device gave ${done}`, {});
    done += bytesRead;
  }
}

/** Writes all of `bytes` (page-aligned memory, whole sectors) at `offset`; throws DeviceWriteError. */
export async function writeAt(target: DiskTarget, bytes: Uint8Array, offset: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) done += await writeSome(target, bytes.subarray(done), offset + done);
}

async function writeSome(target: DiskTarget, bytes: Uint8Array, offset: number): Promise<number> {
  const what = `${target.path}: cannot write ${bytes.length} bytes at offset ${offset}`;
  try {
    const { bytesWritten } = await target.handle.write(bytes, 0, bytes.length, offset);
    if (bytesWritten > 0) return bytesWritten;
  } catch (error) {
    throw new DeviceWriteError(`${what}: ${errorText(error)}`, { cause: error });
  }
  throw new DeviceWriteError(`${what}: the device took 0 bytes`, {});
}

/** Makes durable what was written; throws DeviceWriteError. */
export async function flush(target: DiskTarget): Promise<void> {
  try {
    await target.handle.datasync();
  } catch (error) {
    throw new DeviceWriteError(`${target.path}: cannot flush: ${errorText(error)}`, { cause: error });
  }
}

import { writeAt } from '../../storage/device-io/disk-target.ts';
import type { DiskWriter } from './disk-writer.ts';

/** The first 4 KiB hold the boot sector on any disk, and are small enough for a disk to write them whole or not at all. */
const bootBytes = 4096;

/**
 * Writes what was held back: the tail, then the first MiB, of that the first 4 KiB once all else is safe. From here on a disk
 * boots. Throws DeviceWriteError, or the reason of the signal before the head is begun.
 */
export async function writeHeld(writer: DiskWriter, signal: AbortSignal): Promise<void> {
  const { target, held } = writer;
  await writer.flush();
  if (held.tail.bytes.length > 0) await writeAt(target, held.tail.bytes, held.tail.offset);
  await writer.flush();
  signal.throwIfAborted();
  const rest = held.head.bytes.subarray(bootBytes);
  if (rest.length > 0) await writeAt(target, rest, bootBytes);
  await writer.flush();
  await writeAt(target, held.head.bytes.subarray(0, bootBytes), 0);
  await writer.flush();
}

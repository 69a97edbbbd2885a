import { allocateAligned } from '../../storage/device-io/aligned-memory.ts';
import { DeviceWriteError } from '../../storage/device-io/disk-target.ts';
import type { DiskWriter } from '../disk/disk-writer.ts';
import { maximumDriveBytes } from './decode-drive.ts';
import type { ConfigDrivePlacement } from './place-drive.ts';

/** The disk, as the writer of images sees it. */
export type DriveTarget = Pick<DiskWriter, 'write' | 'zero' | 'flush' | 'read'>;

const pieceBytes = 4 * 1024 * 1024;
/** At the end of a partition RAID superblocks and backup tables may lie. */
const endBytes = 1024 * 1024;

interface Piece {
  readonly offset: number;
  readonly length: number;
}

/**
 * Writes the config drive into its partition, zeros behind it, and reads both back. The zeros reach to the end of a partition
 * of up to 65 MiB; of a larger one, which the image must have brought, they cover 64 MiB and the last MiB, where all
 * signatures lie that libblkid looks for. Throws what the target throws, DeviceWriteError where something else was read, or
 * the reason of the signal.
 */
export async function writeConfigDrive(
  target: DriveTarget,
  { offset, length }: Pick<ConfigDrivePlacement, 'offset' | 'length'>,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const memory = allocateAligned(pieceBytes);
  const begin = Math.min(length, maximumDriveBytes);
  const end = Math.max(begin, length - endBytes);
  const pieces = [...split(0, begin), ...split(end, length)];
  const content = (piece: Piece): Uint8Array => {
    const part = bytes.subarray(piece.offset, piece.offset + piece.length);
    memory.fill(0, part.length, piece.length).set(part);
    return memory.subarray(0, piece.length);
  };
  signal.throwIfAborted();
  // First all of it, since the image may have written there.
  await target.zero(offset, begin);
  if (length > end) await target.zero(offset + end, length - end);
  for (const piece of pieces) {
    signal.throwIfAborted();
    if (piece.offset < bytes.length) await target.write(content(piece), offset + piece.offset);
  }
  await target.flush();
  const found = allocateAligned(pieceBytes);
  for (const piece of pieces) {
    signal.throwIfAborted();
    const back = found.subarray(0, piece.length);
    await target.read(back, offset + piece.offset);
    if (Buffer.compare(back, content(piece)) !== 0) {
      const place = `${piece.length} bytes at ${offset + piece.offset}`;
      throw new DeviceWriteError(`the config drive reads back differently within ${place}`, {});
    }
  }
}

function split(from: number, to: number): readonly Piece[] {
  return Array.from({ length: Math.ceil((to - from) / pieceBytes) }, (_, index) => {
    const offset = from + index * pieceBytes;
    return { offset, length: Math.min(pieceBytes, to - offset) };
  });
}

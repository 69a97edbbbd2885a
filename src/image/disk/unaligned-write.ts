import { allocateAligned } from '../../storage/aligned-memory.ts';
import { type DiskTarget, readInto, writeAt } from './disk-target.ts';

/** Longest piece that is read, changed and written back at once. */
const scratchBytes = 256 * 1024;

/**
 * Writes what does not begin or end at a sector, or does not lie in memory as O_DIRECT wants it: by reading the sectors,
 * changing them and writing them back. One at a time, since two writes may share a sector. Slow, and rare.
 */
export function createUnalignedWriter(target: DiskTarget): (bytes: Uint8Array, offset: number) => Promise<void> {
  const { sectorBytes } = target;
  let scratch: Uint8Array | null = null;
  let last: Promise<void> = Promise.resolve();

  async function patch(bytes: Uint8Array, offset: number): Promise<void> {
    scratch ??= allocateAligned(scratchBytes);
    for (let done = 0; done < bytes.length; ) {
      const from = Math.floor((offset + done) / sectorBytes) * sectorBytes;
      const skip = offset + done - from;
      const count = Math.min(bytes.length - done, scratch.length - skip);
      const sectors = scratch.subarray(0, Math.ceil((skip + count) / sectorBytes) * sectorBytes);
      await readInto(target, sectors, from);
      sectors.set(bytes.subarray(done, done + count), skip);
      await writeAt(target, sectors, from);
      done += count;
    }
  }

  return (bytes, offset) => {
    const turn = last.then(() => patch(bytes, offset));
    last = turn.catch(() => undefined); // told to the caller of that turn
    return turn;
  };
}

import { allocateAligned } from '../../storage/device-io/aligned-memory.ts';
import { type DiskTarget, readInto, writeAt } from '../../storage/device-io/disk-target.ts';

/** Reads and writes what does not begin or end at a sector, or does not lie in memory as O_DIRECT wants it. */
export interface UnalignedAccess {
  /** Fills `bytes` from the device. */
  read(bytes: Uint8Array, offset: number): Promise<void>;
  /** Reads the sectors, changes them and writes them back. */
  write(bytes: Uint8Array, offset: number): Promise<void>;
}

/** Longest piece that is read, or changed, at once. */
const scratchBytes = 256 * 1024;

/** One at a time, since two writes may share a sector and all share the memory. Slow, and rare. */
export function createUnalignedAccess(target: DiskTarget): UnalignedAccess {
  const { sectorBytes } = target;
  let scratch: Uint8Array | null = null;
  let last: Promise<void> = Promise.resolve();

  /** Reads the sectors around each part of `bytes`; the part begins at `skip` in them, they at `from` on the device. */
  async function overSectors(
    bytes: Uint8Array,
    offset: number,
    use: (sectors: Uint8Array, part: Uint8Array, skip: number, from: number) => void | Promise<void>,
  ): Promise<void> {
    scratch ??= allocateAligned(scratchBytes);
    for (let done = 0; done < bytes.length; ) {
      const from = Math.floor((offset + done) / sectorBytes) * sectorBytes;
      const skip = offset + done - from;
      const count = Math.min(bytes.length - done, scratch.length - skip);
      const sectors = scratch.subarray(0, Math.ceil((skip + count) / sectorBytes) * sectorBytes);
      await readInto(target, sectors, from);
      await use(sectors, bytes.subarray(done, done + count), skip, from);
      done += count;
    }
  }

  function inTurn(work: () => Promise<void>): Promise<void> {
    const turn = last.then(work);
    last = turn.catch(() => undefined); // told to the caller of that turn
    return turn;
  }

  return {
    read: (bytes, offset) =>
      inTurn(() =>
        overSectors(bytes, offset, (sectors, part, skip) => part.set(sectors.subarray(skip, skip + part.length))),
      ),
    write: (bytes, offset) =>
      inTurn(() =>
        overSectors(bytes, offset, (sectors, part, skip, from) => {
          sectors.set(part, skip);
          return writeAt(target, sectors, from);
        }),
      ),
  };
}

import { allocateAligned, isAligned } from '../../storage/device-io/aligned-memory.ts';
import type { ByteRange } from '../../storage/device-io/byte-range.ts';
import { type DiskTarget, flush, readInto, writeAt } from '../../storage/device-io/disk-target.ts';
import type { DeviceZeroing } from './device-zeroing.ts';
import type { DiskSink } from './disk-sink.ts';
import { createHeldBack, type HeldBack, keepHeld, takeHeld, zeroHeld } from './held-back.ts';
import { createUnalignedAccess } from './unaligned-access.ts';
import { findRuns } from './zero-runs.ts';

/** Told of everything that got its final content on the device; memory is valid only during the call. */
export interface WriteWitness {
  onData(offset: number, bytes: Uint8Array): void;
  onZero(offset: number, length: number): void;
}

export interface DiskWriterOptions {
  readonly target: DiskTarget;
  readonly zeroing: DeviceZeroing;
  readonly witness?: WriteWitness;
}

/** The way of all image data to the disk. */
export interface DiskWriter extends DiskSink {
  readonly target: DiskTarget;
  /** What is not on the device yet, and goes there last. */
  readonly held: HeldBack;
  /** Bytes that have their final content, on the device or held back. */
  readonly doneBytes: number;
  /**
   * For writes that come in order, before the write of `bytes` and before any later one: nothing from `offset` on has been
   * written yet. Where there is a run of zeros in `bytes`, the device zeroes a window that begins here, as far as `end`.
   */
  zeroAhead(bytes: Uint8Array, offset: number, end: number): Promise<void>;
  /** Like `write`, for a place that may have been written before: nothing is left out. */
  rewrite(bytes: Uint8Array, offset: number): Promise<void>;
  /** Makes durable all that was written before the call (fdatasync(2)). */
  flush(): Promise<void>;
  /** Fills `bytes` with what the device has, past the page cache, or will have where it is held back. Any alignment. */
  read(bytes: Uint8Array, offset: number): Promise<void>;
}

/** What the device zeroes at once ahead of a stream: few enough calls, and little to do again after a crash. */
const windowBytes = 256 * 1024 * 1024;
const zeroBlockBytes = 1024 * 1024;

/** Nothing of the target is touched before the first write. */
export function createDiskWriter({ target, zeroing, witness }: DiskWriterOptions): DiskWriter {
  const { sectorBytes, sizeBytes } = target;
  const held = createHeldBack(target);
  const unaligned = createUnalignedAccess(target);
  const body: ByteRange = { start: held.head.bytes.length, end: held.tail.offset };
  /** Reads as zero, but for what was written there since. */
  let known: ByteRange = { start: 0, end: 0 };
  let doneBytes = 0;
  let zeros: Uint8Array | null = null;

  const isDirect = (bytes: Uint8Array, offset: number): boolean =>
    offset % sectorBytes === 0 && bytes.length % sectorBytes === 0 && isAligned(bytes, sectorBytes);
  const put = (bytes: Uint8Array, offset: number): Promise<void> =>
    isDirect(bytes, offset) ? writeAt(target, bytes, offset) : unaligned.write(bytes, offset);

  function isKnown(start: number, end: number): boolean {
    return start >= known.start && end <= known.end;
  }

  async function writeZeros(offset: number, length: number): Promise<void> {
    zeros ??= allocateAligned(zeroBlockBytes);
    for (let done = 0; done < length; done += zeros.length) {
      await put(zeros.subarray(0, Math.min(zeros.length, length - done)), offset + done);
    }
  }

  async function writeBody(bytes: Uint8Array, offset: number, mayLeaveOut: boolean): Promise<void> {
    await Promise.all(
      findRuns(bytes, offset).map(async ({ start, end, isZero }) => {
        const run = bytes.subarray(start, end);
        if (!isZero) witness?.onData(offset + start, run);
        else witness?.onZero(offset + start, run.length);
        const isThere = isZero && mayLeaveOut && isKnown(offset + start, offset + end);
        if (!isThere) await put(run, offset + start);
      }),
    );
  }

  async function writeAnywhere(bytes: Uint8Array, offset: number, mayLeaveOut: boolean): Promise<void> {
    if (offset < 0 || offset + bytes.length > sizeBytes) {
      throw new RangeError(`${target.path}: bytes ${offset} to ${offset + bytes.length} of ${sizeBytes}`);
    }
    const rest = keepHeld(held, bytes, offset);
    if (rest.bytes.length > 0) await writeBody(rest.bytes, rest.offset, mayLeaveOut);
    doneBytes += bytes.length;
  }

  return {
    target,
    held,
    sizeBytes,
    get doneBytes() {
      return doneBytes;
    },
    async zeroAhead(bytes, offset, end) {
      const start = Math.max(offset, body.start);
      const wanted = Math.min(end, Math.max(start, offset + bytes.length) + windowBytes);
      const window = { start, end: Math.min(body.end, Math.ceil(wanted / sectorBytes) * sectorBytes) };
      if (window.end <= start || isKnown(start, Math.min(offset + bytes.length, body.end))) return;
      if (!findRuns(bytes, offset).some(({ isZero }) => isZero)) return;
      if (await zeroing.zero(window.start, window.end - window.start)) known = window;
    },
    write: (bytes, offset) => writeAnywhere(bytes, offset, true),
    rewrite: (bytes, offset) => writeAnywhere(bytes, offset, false),
    async zero(offset, length) {
      zeroHeld(held, offset, length);
      const start = Math.max(offset, body.start);
      const end = Math.min(Math.ceil((offset + length) / sectorBytes) * sectorBytes, body.end);
      if (end <= start) return;
      witness?.onZero(start, end - start);
      const byDevice = start % sectorBytes === 0 && (await zeroing.zero(start, end - start));
      if (!byDevice) await writeZeros(start, end - start);
      known = { start: start === known.end ? known.start : start, end };
    },
    flush: () => flush(target),
    async read(bytes, offset) {
      const rest = takeHeld(held, bytes, offset);
      if (rest.bytes.length === 0) return;
      if (isDirect(rest.bytes, rest.offset)) await readInto(target, rest.bytes, rest.offset);
      else await unaligned.read(rest.bytes, rest.offset);
    },
  };
}

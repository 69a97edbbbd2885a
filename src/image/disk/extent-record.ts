import { crc32 } from 'node:zlib';

/**
 * No extent crosses a multiple of this: a difference is told this precisely, and neighbours that are written one after the
 * other become one extent, so that the record of 64 GiB needs 1 MiB.
 */
export const extentBytes = 1024 * 1024;

/** Longest range of zeros in one entry; what is longer takes several. */
const longestZeros = 2 ** 30;
const zerosFlag = 2 ** 31;
const entriesPerChunk = 4096;
/** Offset (8), length with the flag for zeros (4), CRC-32 (4). */
const entryBytes = 16;

/** What a range of the device must hold: data with this CRC-32, or zeros. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
  /** null for zeros. */
  readonly crc: number | null;
}

/** One column each, so that an entry needs 16 bytes and no object. */
interface Chunk {
  readonly offsets: Float64Array;
  readonly lengths: Uint32Array;
  readonly crcs: Uint32Array;
}

/** A stored record that is not one. */
export class ExtentRecordError extends Error {
  override readonly name = 'ExtentRecordError';
}

/**
 * What was written to a device, to be read back and compared: place, length and CRC-32 of every piece, in the order of writing. A
 * later piece stands for the device where it covers an earlier one. Memory grows by chunks of 64 KiB and is never copied.
 */
export class ExtentRecord {
  readonly #chunks: Chunk[] = [];
  #count = 0;

  /** Entries so far. */
  get count(): number {
    return this.#count;
  }

  /** Notes what was, or is being, written at an offset of any alignment. Costs one pass over `bytes` (about 3 GB/s). */
  record(offset: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const at = offset + done;
      const length = Math.min(bytes.length - done, extentBytes - (at % extentBytes));
      this.#addData(at, bytes.subarray(done, done + length));
      done += length;
    }
  }

  /** Notes a range that reads as zero from now on. */
  recordZeros(offset: number, length: number): void {
    for (let done = 0; done < length; ) {
      const rest = length - done;
      done += this.#growZeros(offset + done, rest) || this.#addZeros(offset + done, rest);
    }
  }

  /** One entry; throws RangeError where there is none. */
  at(index: number): Extent {
    const chunk = this.#chunks[Math.floor(index / entriesPerChunk)];
    const place = index % entriesPerChunk;
    const stored = chunk?.lengths[place];
    if (chunk === undefined || stored === undefined || index >= this.#count) throw new RangeError(`no extent ${index}`);
    const isZeros = stored >= zerosFlag;
    const offset = chunk.offsets[place] ?? 0;
    return { offset, length: stored % zerosFlag, crc: isZeros ? null : (chunk.crcs[place] ?? 0) };
  }

  /** base64 of all entries, for a checkpoint: 22 bytes for each. */
  serialise(): string {
    const bytes = Buffer.alloc(this.#count * entryBytes);
    for (let index = 0; index < this.#count; index += 1) {
      const { offset, length, crc } = this.at(index);
      bytes.writeDoubleLE(offset, index * entryBytes);
      bytes.writeUInt32LE(crc === null ? length + zerosFlag : length, index * entryBytes + 8);
      bytes.writeUInt32LE(crc ?? 0, index * entryBytes + 12);
    }
    return bytes.toString('base64');
  }

  /** Takes back what `serialise` gave; throws ExtentRecordError for anything else. */
  static restore(stored: unknown): ExtentRecord {
    const bytes = typeof stored === 'string' ? Buffer.from(stored, 'base64') : null;
    if (bytes === null || bytes.length % entryBytes !== 0) throw new ExtentRecordError('is no record of extents');
    const record = new ExtentRecord();
    for (let at = 0; at < bytes.length; at += entryBytes) {
      const offset = bytes.readDoubleLE(at);
      const length = bytes.readUInt32LE(at + 8);
      if (!Number.isSafeInteger(offset) || offset < 0 || length % zerosFlag === 0) {
        throw new ExtentRecordError(`has an extent of ${length} bytes at ${offset}`);
      }
      record.#append(offset, length, bytes.readUInt32LE(at + 12));
    }
    return record;
  }

  #addData(offset: number, bytes: Uint8Array): void {
    const last = this.#count > 0 ? this.at(this.#count - 1) : null;
    const continues = last?.crc !== null && last !== null && last.offset + last.length === offset;
    if (!continues || offset % extentBytes === 0) {
      this.#append(offset, bytes.length, crc32(bytes));
      return;
    }
    this.#replaceLast(last.length + bytes.length, crc32(bytes, last.crc));
  }

  /** Makes the last entry longer where the range continues it; gives the bytes that it took. */
  #growZeros(offset: number, length: number): number {
    const last = this.#count > 0 ? this.at(this.#count - 1) : null;
    if (last === null || last.crc !== null || last.offset + last.length !== offset) return 0;
    const taken = Math.min(length, longestZeros - last.length);
    if (taken > 0) this.#replaceLast(last.length + taken + zerosFlag, 0);
    return taken;
  }

  #addZeros(offset: number, length: number): number {
    const taken = Math.min(length, longestZeros);
    this.#append(offset, taken + zerosFlag, 0);
    return taken;
  }

  #append(offset: number, length: number, crc: number): void {
    const place = this.#count % entriesPerChunk;
    if (place === 0) this.#chunks.push(emptyChunk());
    this.#count += 1;
    const chunk = this.#chunks.at(-1);
    if (chunk) chunk.offsets[place] = offset;
    this.#replaceLast(length, crc);
  }

  #replaceLast(length: number, crc: number): void {
    const chunk = this.#chunks.at(-1);
    if (!chunk) return;
    const place = (this.#count - 1) % entriesPerChunk;
    chunk.lengths[place] = length;
    chunk.crcs[place] = crc;
  }
}

function emptyChunk(): Chunk {
  return {
    offsets: new Float64Array(entriesPerChunk),
    lengths: new Uint32Array(entriesPerChunk),
    crcs: new Uint32Array(entriesPerChunk),
  };
}

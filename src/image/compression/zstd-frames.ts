import { problems } from './decoder.ts';
import { zstdWindowLogMax } from './zlib-handle.ts';

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const windowLimitBytes = 2 ** zstdWindowLogMax;
const longestFieldBytes = 14;
const rleBlock = 1;

/** What a look at the next bytes found. */
export interface FrameScan {
  /** How many of the bytes are part of sound frames, as far as their structure tells. */
  readonly soundBytes: number;
  /** What is wrong with the byte behind them. */
  readonly problem: string | null;
}

/**
 * The structure of a zstd stream (RFC 8878, section 3.1): frames, made of blocks, and skippable frames. node:zlib tells neither
 * where a frame ends nor that the last one is not complete, so the headers are followed here; the content is not looked at.
 */
export interface ZstdFrames {
  /** Bytes in the order of the stream. After a problem the scan is over. */
  scan(bytes: Uint8Array): FrameScan;
  /** Where the frame, or what stands in its place, began. */
  readonly frameOffset: number;
  /** What is wrong when the stream ends here. */
  problemAtEnd(): string | null;
}

/** One field of the format: its length, and what to do when it is there; gives a problem, or null. */
interface Field {
  readonly length: number;
  readonly read: (bytes: DataView) => string | null;
}

/** At the start of a file. */
export function createZstdFrames(): ZstdFrames {
  const buffer = new DataView(new ArrayBuffer(longestFieldBytes));
  let have = 0;
  let skip = 0;
  let offset = 0;
  let frameOffset = 0;
  let hasChecksum = false;

  const magic: Field = { length: 4, read: readMagic };
  const descriptor: Field = { length: 1, read: readDescriptor };
  const blockHeader: Field = { length: 3, read: readBlockHeader };
  const checksum: Field = { length: 4, read: () => expect(magic) };
  let field = magic;

  function expect(next: Field, skipBytes = 0): null {
    field = next;
    skip = skipBytes;
    return null;
  }

  function readMagic(bytes: DataView): string | null {
    const value = bytes.getUint32(0, true);
    if (value === frameMagic) return expect(descriptor);
    if (value - (value % 16) !== skippableMagic) return frameOffset === 0 ? problems.otherData : problems.garbage;
    return expect({ length: 4, read: (size) => expect(magic, size.getUint32(0, true)) });
  }

  function readDescriptor(bytes: DataView): null {
    const flags = bytes.getUint8(0);
    hasChecksum = (flags & 4) !== 0;
    const isSingleSegment = (flags & 32) !== 0;
    const windowLength = isSingleSegment ? 0 : 1;
    const dictionaryLength = [0, 1, 2, 4][flags & 3] ?? 0;
    const sizeLength = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
    const read = (header: DataView): string | null => {
      const window = isSingleSegment ? uint(header, dictionaryLength, sizeLength) : windowBytes(header.getUint8(0));
      if (window > windowLimitBytes) return windowProblem(window);
      const dictionary = uint(header, windowLength, dictionaryLength);
      return dictionary ? `needs the dictionary ${dictionary}, which nobody has` : expect(blockHeader);
    };
    return expect({ length: windowLength + dictionaryLength + sizeLength, read });
  }

  function readBlockHeader(bytes: DataView): null {
    const [isLast, type, size] = [bytes.getUint8(0) & 1, (bytes.getUint8(0) >> 1) & 3, uint(bytes, 0, 3) >> 3];
    const following = hasChecksum ? checksum : magic;
    return expect(isLast ? following : blockHeader, type === rleBlock ? 1 : size);
  }

  function passOver(length: number): number {
    const passed = Math.min(skip, length);
    skip -= passed;
    offset += passed;
    return passed;
  }

  function takeByte(byte: number): string | null {
    if (field === magic && have === 0) frameOffset = offset;
    buffer.setUint8(have, byte);
    have += 1;
    offset += 1;
    if (have < field.length) return null;
    have = 0;
    return field.read(buffer);
  }

  return {
    scan(bytes) {
      let at = passOver(bytes.length);
      while (at < bytes.length) {
        const problem = takeByte(bytes[at] ?? 0);
        if (problem) return { soundBytes: at, problem };
        at += 1;
        at += passOver(bytes.length - at);
      }
      return { soundBytes: bytes.length, problem: null };
    },
    get frameOffset() {
      return frameOffset;
    },
    problemAtEnd() {
      if (offset === 0) return problems.empty;
      if (field !== magic || skip > 0) return problems.cut;
      if (have === 0) return null;
      return frameOffset === 0 ? problems.otherData : problems.garbage;
    },
  };
}

/** Little-endian, of 0 to 8 bytes; sizes beyond 2^53 lose digits, and those in two bytes lack 256: only large ones matter. */
function uint(bytes: DataView, at: number, length: number): number {
  let value = 0;
  for (let index = length - 1; index >= 0; index -= 1) value = value * 256 + bytes.getUint8(at + index);
  return value;
}

/** RFC 8878, section 3.1.1.1.2. */
function windowBytes(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function windowProblem(bytes: number): string {
  const mib = Math.ceil(bytes / 2 ** 20);
  return `needs a window of ${mib} MiB; at most ${windowLimitBytes / 2 ** 20} MiB are allowed (zstd --long=27)`;
}

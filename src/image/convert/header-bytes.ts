import type { ImageObject } from '../stream/image-object.ts';

/** A file whose headers are read: anything with random access and a known size. */
export interface HeaderFile extends Pick<ImageObject, 'readAt'> {
  readonly sizeBytes: number;
}

/** What is wrong with the headers of an image, as the rest of a sentence: `has a parent`. */
export class HeaderError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'HeaderError';
  }
}

/** Exactly the wanted bytes; throws HeaderError for what does not lie inside the file. */
export async function readPart(file: HeaderFile, what: string, offset: number, length: number): Promise<HeaderBytes> {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset + length > file.sizeBytes) {
    throw new HeaderError(
      `is cut short: ${what} (${length} bytes at ${offset}) ends beyond its ${file.sizeBytes} bytes`,
    );
  }
  return headerBytes(await file.readAt(offset, length));
}

/** Fields of a header by their offset. 64-bit values beyond 2^53 come out as Infinity, larger than any limit. */
export interface HeaderBytes {
  readonly bytes: Buffer;
  text(offset: number, length: number): string;
  isZero(offset: number, length: number): boolean;
  u8(offset: number): number;
  u16(offset: number): number;
  u32(offset: number): number;
  u64(offset: number): number;
  u16be(offset: number): number;
  u32be(offset: number): number;
  u64be(offset: number): number;
}

function headerBytes(part: Uint8Array): HeaderBytes {
  const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
  const exact = (value: bigint): number => (value > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : Number(value));
  return {
    bytes,
    text: (offset, length) => bytes.toString('latin1', offset, offset + length),
    isZero: (offset, length) => bytes.subarray(offset, offset + length).every((byte) => byte === 0),
    u8: (offset) => bytes.readUInt8(offset),
    u16: (offset) => bytes.readUInt16LE(offset),
    u32: (offset) => bytes.readUInt32LE(offset),
    u64: (offset) => exact(bytes.readBigUInt64LE(offset)),
    u16be: (offset) => bytes.readUInt16BE(offset),
    u32be: (offset) => bytes.readUInt32BE(offset),
    u64be: (offset) => exact(bytes.readBigUInt64BE(offset)),
  };
}

/** Throws HeaderError with `otherwise` unless `holds`. */
export function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new HeaderError(otherwise);
}

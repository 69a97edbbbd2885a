import type { ByteRange } from '../../device-io/byte-range.ts';
import { blockBytes } from '../overwrite/block-lease.ts';
import { createKeyedStream } from '../overwrite/keyed-stream.ts';
import { byteOf, type PassContent } from '../overwrite/pass-source.ts';

/** Compares what was read with what must be there, and counts. */
export interface ExpectedBytes {
  readonly differentSectors: number;
  /** Byte of the device; null while there is none. */
  readonly firstDifference: number | null;
  /** `bytes`, whole sectors of one block, were read at `offset`; what could not be read is not looked at. Ascending calls. */
  look(bytes: Uint8Array, offset: number, unreadable: readonly ByteRange[]): void;
}

/** `scratch` is a block that nobody else uses. */
export function openExpected(content: PassContent, scratch: Buffer, sectorBytes: number): ExpectedBytes {
  const stream = content.kind === 'stream' ? createKeyedStream(content.key) : null;
  if (stream) stream.fill(scratch);
  else if (content.kind !== 'stream') scratch.fill(byteOf(content));
  let differentSectors = 0;
  let firstDifference: number | null = null;

  function lookCloser(found: Buffer, wanted: Buffer, offset: number, unreadable: readonly ByteRange[]): void {
    for (let at = 0; at < found.length; at += sectorBytes) {
      const place = offset + at;
      if (unreadable.some(({ start, end }) => place >= start && place < end)) continue;
      const sector = found.subarray(at, at + sectorBytes);
      if (sector.equals(wanted.subarray(at, at + sectorBytes))) continue;
      differentSectors += 1;
      firstDifference ??= place + sector.findIndex((byte, index) => byte !== wanted[at + index]);
    }
  }

  return {
    get differentSectors() {
      return differentSectors;
    },
    get firstDifference() {
      return firstDifference;
    },
    look(bytes, offset, unreadable) {
      const from = offset % blockBytes;
      const wanted = scratch.subarray(from, from + bytes.length);
      stream?.stamp(wanted, offset);
      const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      if (!found.equals(wanted)) lookCloser(found, wanted, offset, unreadable);
    },
  };
}

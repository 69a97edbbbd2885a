/** Bytes to write at an offset from the beginning of a device or partition. */
export interface Placed {
  readonly offset: number;
  readonly bytes: Buffer;
}

/** Metadata of one kind, made from its specification and not with the code under test. */
export interface TestSignature {
  /** What libblkid calls it (blkid TYPE); null for what it does not know. */
  readonly type: string | null;
  /** The least device that it fits on. */
  readonly leastBytes?: number;
  /** Every copy of it on a device of that size; each holds `mark`, or is long enough to be told by itself. */
  place(sizeBytes: number): readonly Placed[];
}

export const KiB = 1024;
export const MiB = 1024 * KiB;

export type Field = readonly [offset: number, value: string | number | bigint | Buffer, bytes?: 1 | 2 | 4 | 8];

/** A structure of the given length; numbers are little-endian unless `big`. */
export function struct(length: number, fields: readonly Field[], { big = false } = {}): Buffer {
  const bytes = Buffer.alloc(length);
  for (const [offset, value, width = 4] of fields) {
    if (typeof value === 'string') bytes.write(value, offset, 'latin1');
    else if (Buffer.isBuffer(value)) value.copy(bytes, offset);
    else writeNumber(bytes, { offset, value: BigInt(value), width, big });
  }
  return bytes;
}

function writeNumber(
  bytes: Buffer,
  { offset, value, width, big }: { offset: number; value: bigint; width: 1 | 2 | 4 | 8; big: boolean },
): void {
  for (let i = 0; i < width; i += 1) {
    const shift = BigInt(8 * (big ? width - 1 - i : i));
    bytes[offset + i] = Number((value >> shift) & 0xffn);
  }
}

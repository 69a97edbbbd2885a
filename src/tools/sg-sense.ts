/** Sense data, SPC-5 4.4: what a drive says of its state. */
export interface SenseData {
  /** 0 to 15: 2 not ready, 3 medium error, 6 unit attention. */
  readonly key: number;
  /** Additional sense code and its qualifier. */
  readonly asc: number;
  readonly ascq: number;
  /** 65536ths, of an operation under way; null where it does not say. */
  readonly progress: number | null;
}

const notReady = 2;
const progressDescriptor = 2;

/** Current sense data in fixed (70h) or descriptor (72h) format; null for anything else, an empty answer among it. */
export function parseSense(bytes: readonly number[]): SenseData | null {
  const format = at(bytes, 0) & 0x7f;
  if (format === 0x70 && bytes.length >= 14) {
    const key = at(bytes, 2) & 0xf;
    return { key, asc: at(bytes, 12), ascq: at(bytes, 13), progress: progressAt(bytes, 15, key) };
  }
  if (format === 0x72 && bytes.length >= 8) {
    const key = at(bytes, 1) & 0xf;
    const descriptor = findDescriptor(bytes, progressDescriptor);
    const progress = descriptor === null ? null : progressAt(bytes, descriptor + 4, key);
    return { key, asc: at(bytes, 2), ascq: at(bytes, 3), progress };
  }
  return null;
}

/** Sense key specific data: a bit that says that they are there, and two bytes. */
function progressAt(bytes: readonly number[], offset: number, key: number): number | null {
  if (key !== 0 && key !== notReady) return null;
  if (offset + 2 >= bytes.length || (at(bytes, offset) & 0x80) === 0) return null;
  return at(bytes, offset + 1) * 256 + at(bytes, offset + 2);
}

function findDescriptor(bytes: readonly number[], type: number): number | null {
  for (let offset = 8; offset + 1 < bytes.length; offset += at(bytes, offset + 1) + 2) {
    if (at(bytes, offset) === type) return offset;
  }
  return null;
}

function at(bytes: readonly number[], index: number): number {
  return bytes[index] ?? 0;
}

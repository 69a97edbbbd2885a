import { ConfigDriveError } from './config-drive-error.ts';

/** A directory record (ECMA-119, 9.1). */
export interface IsoRecord {
  /** In blocks. */
  readonly extent: number;
  readonly sizeBytes: number;
  readonly isDirectory: boolean;
  /** As it is stored; one byte 0 or 1 stands for the directory itself and for its parent. */
  readonly name: Uint8Array;
  /** System use area (SUSP 1.12): Rock Ridge is there. */
  readonly systemUse: Uint8Array;
}

const nameOffset = 33;
const directoryFlag = 0x02;
/** Associated, record, protection, and of several extents: nothing that a config drive has. */
const unusualFlags = 0x04 | 0x80;

/** Parses the record at the beginning of `bytes`, which reach to the end of its block; throws ConfigDriveError. */
export function parseRecord(bytes: Uint8Array): IsoRecord {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes[0] ?? 0;
  const nameLength = bytes[32] ?? 0;
  const end = nameOffset + nameLength;
  if (length > bytes.length || nameLength === 0 || end > length) throw damaged();
  const flags = view.getUint8(25);
  if ((flags & unusualFlags) !== 0 || view.getUint8(26) !== 0 || view.getUint8(27) !== 0) {
    throw new ConfigDriveError('a file in its ISO 9660 image is in several pieces');
  }
  return {
    // An extended attribute record lies before the content.
    extent: bothEndian(view, 2) + view.getUint8(1),
    sizeBytes: bothEndian(view, 10),
    isDirectory: (flags & directoryFlag) !== 0,
    name: bytes.subarray(nameOffset, end),
    // Padded to an even place.
    systemUse: bytes.subarray(Math.min(length, end + (end % 2)), length),
  };
}

/** ECMA-119, 7.3.3: the number stands there twice, in both orders. */
export function bothEndian(view: DataView, offset: number): number {
  const value = view.getUint32(offset, true);
  if (view.getUint32(offset + 4, false) !== value) throw damaged();
  return value;
}

/** The one error for an image whose structures contradict themselves: nothing of its content is told. */
export function damaged(): ConfigDriveError {
  return new ConfigDriveError('its ISO 9660 image is damaged');
}

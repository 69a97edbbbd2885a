import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { parseBase64 } from '../../core/base64.ts';
import { hasErrorCode } from '../../errors/guards.ts';
import { ConfigDriveError } from './config-drive-error.ts';
import { driveFormat } from './drive-format.ts';

/** What Ironic promises that a config drive never exceeds, and what its partition has room for. */
export const maximumDriveBytes = 64 * 1024 * 1024;

const inflate = promisify(gunzip);

/** Decodes base64 of gzip, the form in which a config drive stands in a command. Throws ConfigDriveError. */
export async function decodeText(text: string): Promise<Uint8Array> {
  const compressed = decodeBase64(text);
  if (!isGzip(compressed)) throw new ConfigDriveError('it is base64, but not of gzip');
  return checked(await decompress(compressed));
}

/**
 * Decodes what a server gave: base64 of gzip, gzip, or the bare image. What it is, its first bytes say; nothing is ever
 * decoded to see whether that works. Throws ConfigDriveError.
 */
export async function decodeBody(body: Uint8Array): Promise<Uint8Array> {
  if (body.length === 0) throw new ConfigDriveError('it is empty');
  if (isGzip(body)) return checked(await decompress(body));
  if (driveFormat(body)) return checked(body);
  if (isText(body)) return decodeText(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1'));
  throw new ConfigDriveError('it is neither base64 of gzip, nor gzip, nor an ISO 9660 or FAT image');
}

function decodeBase64(text: string): Buffer {
  const bytes = parseBase64(text);
  if (bytes === null) throw new ConfigDriveError('it is no well-formed base64');
  if (bytes.length === 0) throw new ConfigDriveError('it is empty');
  return bytes;
}

async function decompress(bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await inflate(bytes, { maxOutputLength: maximumDriveBytes });
  } catch (error) {
    if (hasErrorCode(error, 'ERR_BUFFER_TOO_LARGE')) throw tooLarge(error);
    throw new ConfigDriveError('its gzip is damaged or cut off', { cause: error });
  }
}

function checked(drive: Uint8Array): Uint8Array {
  if (drive.length === 0) throw new ConfigDriveError('it is empty');
  if (drive.length > maximumDriveBytes) throw tooLarge();
  if (!driveFormat(drive)) throw new ConfigDriveError('what is in it is neither an ISO 9660 nor a FAT image');
  return drive;
}

function tooLarge(cause?: unknown): ConfigDriveError {
  return new ConfigDriveError(
    `it is larger than ${maximumDriveBytes} bytes`,
    cause === undefined ? undefined : { cause },
  );
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Looks at the beginning only: the decoder looks at the rest. */
function isText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 512).every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127));
}

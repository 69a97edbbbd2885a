import { InvalidCommandParamsError } from '../../errors/catalogue.ts';
import { findDigest } from './checksum-file.ts';
import type { ImageInfo } from './image-info.ts';

/** What the bytes of the image, as served, must hash to. */
export interface ExpectedDigest {
  /** In the words of node:crypto. */
  readonly algorithm: string;
  /** Lower case. */
  readonly hex: string;
}

interface Algorithm {
  readonly name: string;
  readonly hexLength: number;
}

/** By the names of Python's hashlib, in which Glance writes os_hash_algo. */
const algorithms: Readonly<Record<string, Algorithm>> = {
  md5: { name: 'md5', hexLength: 32 },
  sha1: { name: 'sha1', hexLength: 40 },
  sha224: { name: 'sha224', hexLength: 56 },
  sha256: { name: 'sha256', hexLength: 64 },
  sha384: { name: 'sha384', hexLength: 96 },
  sha512: { name: 'sha512', hexLength: 128 },
  sha3_224: { name: 'sha3-224', hexLength: 56 },
  sha3_256: { name: 'sha3-256', hexLength: 64 },
  sha3_384: { name: 'sha3-384', hexLength: 96 },
  sha3_512: { name: 'sha3-512', hexLength: 128 },
  blake2b: { name: 'blake2b512', hexLength: 128 },
  blake2s: { name: 'blake2s256', hexLength: 64 },
};

/** A bare `checksum` is known by its length alone. */
const byHexLength = new Map([
  [128, 'sha512'],
  [64, 'sha256'],
  [32, 'md5'],
]);

export interface ChecksumRules {
  readonly md5Enabled: boolean;
  /** Gives the text of a checksum file. */
  fetchText(address: string): Promise<string>;
}

/**
 * Chooses the checksum: os_hash_value by a known os_hash_algo, else `checksum` by its length; either may be the address of a
 * checksum file. Throws InvalidCommandParamsError where none is usable, and whatever `fetchText` throws.
 */
export async function expectedDigest(image: ImageInfo, rules: ChecksumRules): Promise<ExpectedDigest> {
  const named = image.osHashAlgo?.toLowerCase();
  if (named !== undefined && image.osHashValue !== null && Object.hasOwn(algorithms, named)) {
    return accept(
      named,
      await digestText(image.osHashValue, [algorithms[named]?.hexLength ?? 0], image, rules),
      'os_hash_value',
      rules,
    );
  }
  if (image.checksum === null) {
    const why =
      named === undefined ? 'neither checksum nor os_hash_value is given' : `os_hash_algo ${named} is unknown`;
    throw new InvalidCommandParamsError(`image ${image.id}: ${why}`);
  }
  const hex = await digestText(image.checksum, [...byHexLength.keys()], image, rules);
  const guessed = byHexLength.get(hex.length);
  if (guessed === undefined) {
    throw new InvalidCommandParamsError(
      `checksum has ${hex.length} characters, expected 128 (SHA-512), 64 (SHA-256) or 32 (MD5)`,
    );
  }
  return accept(guessed, hex, 'checksum', rules);
}

function accept(algorithm: string, hex: string, key: string, rules: ChecksumRules): ExpectedDigest {
  if (algorithm === 'md5' && !rules.md5Enabled) {
    throw new InvalidCommandParamsError(`${key} is an MD5 digest, and MD5 is not enabled (md5_enabled)`);
  }
  const { name, hexLength } = algorithms[algorithm] as Algorithm;
  if (hex.length !== hexLength || !/^[0-9a-f]+$/.test(hex)) {
    throw new InvalidCommandParamsError(`${key} is no ${algorithm} digest: expected ${hexLength} hex digits`);
  }
  return { algorithm: name, hex };
}

async function digestText(
  value: string,
  hexLengths: readonly number[],
  image: ImageInfo,
  rules: ChecksumRules,
): Promise<string> {
  const text = value.trim();
  if (!/^https?:\/\//i.test(text)) return text.toLowerCase();
  return findDigest(await rules.fetchText(text), { fileNames: fileNamesOf(image.urls[0] ?? ''), hexLengths });
}

/** Name at the end of an address, without its percent-encoding and, as some servers list names so, with it. */
function fileNamesOf(address: string): readonly string[] {
  const { pathname } = new URL(address);
  const name = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    return [decodeURIComponent(name), name];
  } catch {
    return [name]; // a percent sign that encodes nothing
  }
}

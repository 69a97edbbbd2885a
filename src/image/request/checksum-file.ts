/** A checksum file in which the wanted digest cannot be found. */
export class ChecksumFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ChecksumFileError';
  }
}

const digest = /^(?:[0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{128})$/i;

/**
 * Finds the digest of `fileName` in a checksum file: a bare digest, lines as GNU coreutils write them (`<digest>  name`,
 * `<digest> *name`), or as BSD does (`SHA256 (name) = <digest>`). Lower-case hex.
 */
export function findDigest(text: string, fileName: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const [only, ...others] = lines;
  if (only === undefined) throw new ChecksumFileError('the checksum file is empty');
  if (others.length === 0 && !/\s/.test(only)) return checked(only);
  for (const line of lines) {
    if (line.startsWith('#') || !isAbout(line, fileName)) continue;
    const words = line.split(/\s+/);
    const found = [words[0], words.at(-1)].find((word) => word !== undefined && digest.test(word));
    if (found !== undefined) return found.toLowerCase();
  }
  throw new ChecksumFileError(`the checksum file has no digest for ${fileName}`);
}

function checked(word: string): string {
  if (digest.test(word)) return word.toLowerCase();
  throw new ChecksumFileError('the only word of the checksum file is no MD5, SHA-256 or SHA-512 digest');
}

function isAbout(line: string, fileName: string): boolean {
  if (line.includes(` (${fileName}) `)) return true;
  const before = line.slice(0, -fileName.length);
  return line.endsWith(fileName) && /\s\*?$/.test(before);
}

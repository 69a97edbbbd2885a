/** A checksum file in which the wanted digest cannot be found. */
export class ChecksumFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ChecksumFileError';
  }
}

/** What is looked for in a checksum file. */
export interface WantedDigest {
  /** Names that the file may have there, the likeliest first. */
  readonly fileNames: readonly string[];
  /** Lengths in hex digits that a digest may have. */
  readonly hexLengths: readonly number[];
}

/**
 * Finds a digest in a checksum file: a bare digest, lines as GNU coreutils write them (`<digest>  name`, `<digest> *name`, with
 * a backslash at the start where the name is escaped), or as BSD and openssl do (`SHA256 (name) = <digest>`). Comments begin
 * with #. Of several digests of one file the longest counts. Lower-case hex; throws ChecksumFileError.
 */
export function findDigest(text: string, { fileNames, hexLengths }: WantedDigest): string {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const [only, ...others] = lines;
  if (only === undefined) throw new ChecksumFileError('the checksum file is empty');
  if (others.length === 0 && !/[\s(]/.test(only)) {
    if (isDigest(only, hexLengths)) return only.toLowerCase();
    throw new ChecksumFileError(`the only word of the checksum file is no digest of ${hexLengths.join(' or ')} digits`);
  }
  // A line that has exactly the name wins over one that ends in it, as a name may have spaces.
  for (const find of [exactly, loosely]) {
    for (const name of fileNames.filter((candidate) => candidate !== '')) {
      const found = lines.map((line) => find(line, name)).filter((word) => isDigest(word, hexLengths));
      const [longest] = found.toSorted((one, other) => other.length - one.length);
      if (longest !== undefined) return longest.toLowerCase();
    }
  }
  const digits = hexLengths.join(' or ');
  throw new ChecksumFileError(`the checksum file has no digest of ${digits} digits for ${fileNames[0]}`);
}

function isDigest(word: string, hexLengths: readonly number[]): boolean {
  return hexLengths.includes(word.length) && /^[0-9a-f]+$/i.test(word);
}

/** The word that stands where the digest of `name` does; empty where the line is about something else. */
function exactly(line: string, name: string): string {
  const { body, written } = unescapedLine(line, name);
  const gnu = /^(\S+)[ \t]+(?:\*?\.\/|\*)?(.*)$/.exec(body);
  if (gnu?.[2] === written || gnu?.[2] === `*${written}`) return gnu[1] ?? '';
  const bsd = /^[^\s(]+ ?\((.*)\) ?= ?(\S+)$/.exec(body);
  return bsd?.[1] === written || bsd?.[1] === `./${written}` ? (bsd[2] ?? '') : '';
}

/** The same for lines with more words than these: the digest is the first or the last. */
function loosely(line: string, name: string): string {
  const { body, written } = unescapedLine(line, name);
  if (body.includes(` (${written}) `)) return body.split(/\s+/).at(-1) ?? '';
  const isAtEnd = body.endsWith(written) && /\s\*?$/.test(body.slice(0, -written.length));
  return isAtEnd ? (body.split(/\s+/)[0] ?? '') : '';
}

/** A line that begins with a backslash has its name escaped: `name` is written the same way to compare the two. */
function unescapedLine(line: string, name: string): { readonly body: string; readonly written: string } {
  if (!line.startsWith('\\')) return { body: line, written: name };
  const written = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return { body: line.slice(1), written };
}

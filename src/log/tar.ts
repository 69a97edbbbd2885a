const blockBytes = 512;

/** What a member takes besides its content, at most. */
export const tarMemberBytes = 2 * blockBytes;

/**
 * The block before a file in an archive of the ustar format (POSIX.1-1988, pax(1)): a plain file of root, mode 0644. The name is
 * relative, with slashes, at most 255 bytes, of which the last part at most 100; throws RangeError for one that the format
 * cannot hold.
 */
export function tarHeader(path: string, bytes: number, modified: Date): Buffer {
  const { name, prefix } = splitName(path);
  const block = Buffer.alloc(blockBytes);
  name.copy(block, 0);
  block.write(octal(0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(bytes, 12), 124);
  block.write(octal(Math.floor(modified.getTime() / 1000), 12), 136);
  block.fill(' ', 148, 156);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  block.write('root', 265);
  block.write('root', 297);
  prefix.copy(block, 345);
  const checksum = block.reduce((sum, byte) => sum + byte, 0);
  block.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** What fills the last block of a file. */
export function tarPadding(bytes: number): Buffer {
  return Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes);
}

/** The end of an archive. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * blockBytes);
}

/** Digits, with a zero byte at the end, in a field of this width. */
function octal(value: number, width: number): string {
  return value.toString(8).padStart(width - 1, '0');
}

function splitName(text: string): { name: Buffer; prefix: Buffer } {
  const bytes = Buffer.from(text);
  if (bytes.length <= 100) return { name: bytes, prefix: Buffer.alloc(0) };
  // The first slash after which the rest fits.
  const slash = bytes.indexOf('/', bytes.length - 101);
  if (slash <= 0 || slash > 155 || slash === bytes.length - 1) {
    throw new RangeError(`name too long for a ustar archive: ${text}`);
  }
  return { name: bytes.subarray(slash + 1), prefix: bytes.subarray(0, slash) };
}

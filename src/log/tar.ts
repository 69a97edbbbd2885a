/** One file of an archive. */
export interface TarMember {
  /** Relative, with slashes: at most 255 bytes, of which the last part at most 100. */
  readonly name: string;
  readonly content: Uint8Array;
}

const blockBytes = 512;

/**
 * An archive in the ustar format (POSIX.1-1988, pax(1)): plain files of root, mode 0644. Throws RangeError for a name that
 * the format cannot hold.
 */
export function tarArchive(members: readonly TarMember[], modified: Date): Buffer {
  const seconds = Math.floor(modified.getTime() / 1000);
  const parts = members.flatMap((member) => [header(member, seconds), member.content, padding(member.content.length)]);
  return Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]);
}

function padding(length: number): Buffer {
  return Buffer.alloc((blockBytes - (length % blockBytes)) % blockBytes);
}

function header(member: TarMember, seconds: number): Buffer {
  const { name, prefix } = splitName(member.name);
  const block = Buffer.alloc(blockBytes);
  name.copy(block, 0);
  block.write(octal(0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(member.content.length, 12), 124);
  block.write(octal(seconds, 12), 136);
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

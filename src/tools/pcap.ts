/** Something that is no capture file, or a damaged one. */
class InvalidPcapError extends Error {
  override readonly name = 'InvalidPcapError';
}

const fileHeaderBytes = 24;
const recordHeaderBytes = 16;

/** Times in microseconds or nanoseconds; written by a machine of either byte order. */
const magics: readonly number[] = [0xa1b2c3d4, 0xa1b23c4d];

/** Longer than what tcpdump captures of a packet. */
const longestPacketBytes = 256 * 1024;

/**
 * The packets of a capture file as far as it has been written. Throws InvalidPcapError.
 * Source: pcap-savefile(5).
 */
export function parsePcap(file: Buffer): readonly Buffer[] {
  if (file.length < fileHeaderBytes) return [];
  const isBigEndian = magics.includes(file.readUInt32BE(0));
  if (!isBigEndian && !magics.includes(file.readUInt32LE(0))) {
    throw new InvalidPcapError(`expected a capture file, found 0x${file.toString('hex', 0, 4)} at its start`);
  }
  const packets: Buffer[] = [];
  let offset = fileHeaderBytes;
  while (offset + recordHeaderBytes <= file.length) {
    const length = isBigEndian ? file.readUInt32BE(offset + 8) : file.readUInt32LE(offset + 8);
    if (length > longestPacketBytes)
      throw new InvalidPcapError(`expected a packet at ${offset}, found ${length} bytes`);
    const start = offset + recordHeaderBytes;
    if (start + length > file.length) break;
    packets.push(file.subarray(start, start + length));
    offset = start + length;
  }
  return packets;
}

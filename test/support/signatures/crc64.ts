const polynomial = 0x42f0e1eba9ea3693n;
const mask = 0xffff_ffff_ffff_ffffn;

/** CRC-64 as bcache has it (ECMA-182, all ones before and after). */
export function crc64(bytes: Buffer): bigint {
  let crc = mask;
  for (const byte of bytes) {
    crc ^= BigInt(byte) << 56n;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc >> 63n) & 1n ? ((crc << 1n) & mask) ^ polynomial : (crc << 1n) & mask;
    }
  }
  return crc ^ mask;
}

/** The UEFI specification stores the first three fields little-endian (2.10, appendix A). */
const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/** Text of a GUID as it is stored, lower case: `c12a7328-f81f-11d2-ba4b-00a0c93ec93b`. */
export function parseGuid(bytes: Uint8Array, offset: number): string {
  const hex = order.map((index) => (bytes[offset + index] ?? 0).toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A GUID as it is stored, from its text. */
export function guidBytes(text: string): Uint8Array {
  const plain = Buffer.from(text.replaceAll('-', ''), 'hex');
  return Uint8Array.from(order, (index) => plain[index] ?? 0);
}

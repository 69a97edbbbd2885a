/** The few types of DER (ITU-T X.690) that a certificate is made of; each function gives one encoded value. */

function encode(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 + bytes.length, ...bytes];
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => encode(0x30, ...items);
export const set = (...items: readonly Uint8Array[]): Buffer => encode(0x31, ...items);
export const octetString = (bytes: Uint8Array): Buffer => encode(0x04, bytes);
/** Whole bytes only. */
export const bitString = (bytes: Uint8Array): Buffer => encode(0x03, Buffer.from([0]), bytes);
export const utf8String = (text: string): Buffer => encode(0x0c, Buffer.from(text, 'utf8'));
export const truth = (value: boolean): Buffer => encode(0x01, Buffer.from([value ? 0xff : 0]));

/** `[n]` around other values. */
export const explicit = (number: number, item: Uint8Array): Buffer => encode(0xa0 + number, item);
/** `[n]` in the place of a primitive type. */
export const implicit = (number: number, bytes: Uint8Array): Buffer => encode(0x80 + number, bytes);

/** A number that is not negative, by its bytes, most significant first. */
export function unsignedInteger(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const significant = first < 0 ? Buffer.from([0]) : Buffer.from(bytes.subarray(first));
  const sign = (significant[0] ?? 0) >= 0x80 ? [Buffer.from([0])] : [];
  return encode(0x02, ...sign, significant);
}

/** `1.2.840.10045.4.3.4` */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return encode(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(number: number): number[] {
  const bytes = [number % 128];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 + (rest % 128));
  return bytes;
}

/** A point in time, to the second: with two digits of the year until 2049, as RFC 5280 (4.1.2.5) wants it. */
export function time(date: Date): Buffer {
  const digits = date
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '');
  const year = date.getUTCFullYear();
  return year < 2050 ? encode(0x17, Buffer.from(digits.slice(2))) : encode(0x18, Buffer.from(digits));
}

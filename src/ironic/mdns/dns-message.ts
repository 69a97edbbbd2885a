import { SocketAddress } from 'node:net';
import { DnsFormatError, encodeName, readName } from './dns-name.ts';

/** Record types (RFC 1035, 3596, 2782), as far as a service is described by them. */
const typeNumbers = { A: 1, TXT: 16, AAAA: 28, SRV: 33 } as const;
type RecordType = keyof typeof typeNumbers;

export interface Question {
  readonly name: string;
  readonly type: RecordType;
}

export type ResourceRecord = { readonly name: string } & (
  | { readonly type: 'A' | 'AAAA'; readonly address: string }
  | { readonly type: 'SRV'; readonly target: string; readonly port: number; readonly priority: number }
  | { readonly type: 'TXT'; readonly texts: readonly Buffer[] }
);

const headerBytes = 12;
const internetClass = 1;
/** The highest bit of a class asks for an answer to the sender alone (RFC 6762, 5.4), in a record it says "all there is". */
const classBits = 0x7fff;
/** No message of multicast DNS is longer (RFC 6762, 17). */
const longestMessageBytes = 9000;

/** A question of multicast DNS. */
export function encodeQuery(id: number, questions: readonly Question[]): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(questions.length, 4);
  const asked = questions.map(({ name, type }) => {
    const tail = Buffer.alloc(4);
    tail.writeUInt16BE(typeNumbers[type], 0);
    tail.writeUInt16BE(internetClass, 2);
    return Buffer.concat([encodeName(name), tail]);
  });
  return Buffer.concat([header, ...asked]);
}

/**
 * Every record of an answer, also the additional ones, of the types that a service is described by. Throws DnsFormatError for
 * whatever is no answer or contradicts itself.
 */
export function parseAnswer(message: Buffer): readonly ResourceRecord[] {
  if (message.length < headerBytes || message.length > longestMessageBytes) throw new DnsFormatError('no DNS message');
  const flags = message.readUInt16BE(2);
  const isGoodAnswer = (flags & 0x8000) !== 0 && (flags & 0x780f) === 0;
  if (!isGoodAnswer) throw new DnsFormatError('no answer');
  let at = headerBytes;
  for (let left = message.readUInt16BE(4); left > 0; left -= 1) at = readName(message, at).end + 4;
  const records: ResourceRecord[] = [];
  const count = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10);
  for (let left = count; left > 0; left -= 1) {
    const { name, end } = readName(message, at);
    const start = end + 10;
    if (start > message.length) throw new DnsFormatError('a record is cut off');
    at = start + message.readUInt16BE(end + 8);
    if (at > message.length) throw new DnsFormatError('a record is cut off');
    const isInternet = (message.readUInt16BE(end + 2) & classBits) === internetClass;
    const record = isInternet ? parseRecord(name, message.readUInt16BE(end), message, start, at) : null;
    if (record) records.push(record);
  }
  return records;
}

function parseRecord(name: string, type: number, message: Buffer, start: number, end: number): ResourceRecord | null {
  const data = message.subarray(start, end);
  if (type === typeNumbers.A) return { name, type: 'A', address: addressOf(data, 4) };
  if (type === typeNumbers.AAAA) return { name, type: 'AAAA', address: addressOf(data, 16) };
  if (type === typeNumbers.TXT) return { name, type: 'TXT', texts: textsOf(data) };
  if (type !== typeNumbers.SRV) return null;
  if (data.length < 7) throw new DnsFormatError('an SRV record is cut off');
  const target = readName(message, start + 6).name;
  return { name, type: 'SRV', target, port: data.readUInt16BE(4), priority: data.readUInt16BE(0) };
}

function addressOf(data: Buffer, length: 4 | 16): string {
  if (data.length !== length) throw new DnsFormatError('an address of the wrong length');
  if (length === 4) return data.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => data.readUInt16BE(index * 2).toString(16));
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}

function textsOf(data: Buffer): readonly Buffer[] {
  const texts: Buffer[] = [];
  for (let at = 0; at < data.length; ) {
    const next = at + 1 + (data[at] ?? 0);
    if (next > data.length) throw new DnsFormatError('a TXT record is cut off');
    texts.push(data.subarray(at + 1, next));
    at = next;
  }
  return texts;
}

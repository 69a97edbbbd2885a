/** A message that is no DNS; whoever is on the link may have sent it. */
export class DnsFormatError extends Error {
  override readonly name = 'DnsFormatError';
}

const longestLabelBytes = 63;
const longestNameBytes = 255;

/** `baremetal._openstack._tcp.local.` as it stands in a message (RFC 1035, 3.1), without compression. */
export function encodeName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  const bytes = labels.map((label) => Buffer.from(label, 'utf8'));
  if (bytes.some(({ length }) => length > longestLabelBytes)) throw new DnsFormatError(`${name}: a label is too long`);
  return Buffer.concat([...bytes.flatMap((label) => [Buffer.from([label.length]), label]), Buffer.alloc(1)]);
}

export interface ReadName {
  /** In lower case, with a dot at the end; a dot inside a label is escaped, so that it ends no label. */
  readonly name: string;
  /** Where what follows it begins. */
  readonly end: number;
}

/** Reads a name, compressed or not (RFC 1035, 4.1.4). A pointer leads only backwards, so that no message is endless. */
export function readName(message: Buffer, start: number): ReadName {
  const labels: string[] = [];
  let bytes = 0;
  let at = start;
  let segment = start;
  let end: number | null = null;
  for (;;) {
    const length = byteAt(message, at);
    if (length === 0) return { name: `${labels.join('.')}.`, end: end ?? at + 1 };
    if (length >= 0xc0) {
      const target = (length & 0x3f) * 256 + byteAt(message, at + 1);
      if (target >= segment) throw new DnsFormatError('a name points forward');
      end ??= at + 2;
      at = target;
      segment = target;
      continue;
    }
    if (length > longestLabelBytes) throw new DnsFormatError('a label of an unknown kind');
    bytes += length + 1;
    if (bytes > longestNameBytes) throw new DnsFormatError('a name is too long');
    if (at + 1 + length > message.length) throw new DnsFormatError('a name is cut off');
    labels.push(labelText(message.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
}

function byteAt(message: Buffer, at: number): number {
  const byte = message[at];
  if (byte === undefined) throw new DnsFormatError('a name is cut off');
  return byte;
}

function labelText(label: Buffer): string {
  return label.toString('utf8').toLowerCase().replaceAll(/[\\.]/g, '\\$&');
}

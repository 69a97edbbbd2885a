import { ConfigDriveError } from './config-drive-error.ts';
import { bothEndian, damaged } from './iso9660-record.ts';

/** One entry of a system use area (SUSP 1.12, section 4). */
interface Entry {
  readonly signature: string;
  readonly bytes: Uint8Array;
}

/** Gives `length` bytes of the image at a block and an offset in it; throws where there are none. */
export type ReadBlocks = (block: number, offset: number, length: number) => Uint8Array;

const mostContinuations = 8;
/** Each lies within a block (SUSP 1.12, 5.1). */
const continuationBytes = 2048;
const continuedName = 0x01;
const kindMask = 0o170000;
const plainKinds = [0o040000, 0o100000];

/** Bytes to skip in every system use area, as the SP entry of the root says (5.3); null without SUSP. */
export function findSusp(rootSystemUse: Uint8Array): number | null {
  const [a, b, length, , magic1, magic2, skip] = rootSystemUse;
  const isThere = a === 0x53 && b === 0x50 && length === 7 && magic1 === 0xbe && magic2 === 0xef;
  return isThere ? (skip ?? 0) : null;
}

/**
 * The name of a file by Rock Ridge (RRIP 1.12, 4.1.4: NM); null where it has none. Throws ConfigDriveError for what is neither
 * a file nor a directory, is moved elsewhere in the tree, or is compressed.
 */
export function rockRidgeName(systemUse: Uint8Array, read: ReadBlocks): string | null {
  const parts: Uint8Array[] = [];
  for (const { signature, bytes } of walk(systemUse, read)) {
    if (signature === 'NM') {
      if (bytes.length < 5) throw damaged();
      if (((bytes[4] ?? 0) & ~continuedName) !== 0) continue;
      parts.push(bytes.subarray(5));
    }
    if (signature === 'PX') checkKind(bytes);
    if (['SL', 'CL', 'RE', 'ZF', 'SF'].includes(signature)) throw unusual();
  }
  return parts.length === 0 ? null : Buffer.concat(parts).toString('utf8');
}

function checkKind(bytes: Uint8Array): void {
  if (bytes.length < 12) throw damaged();
  const mode = bothEndian(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 4);
  if (!plainKinds.includes(mode & kindMask)) throw unusual();
}

/** Every entry, also in continuation areas (SUSP 5.1: CE). */
function* walk(systemUse: Uint8Array, read: ReadBlocks): Generator<Entry> {
  let area: Uint8Array | null = systemUse;
  for (let areas = 0; area !== null; areas += 1) {
    if (areas > mostContinuations) throw damaged();
    const entries = entriesIn(area);
    yield* entries.filter(({ signature }) => signature !== 'CE');
    const next = entries.find(({ signature }) => signature === 'CE');
    area = next ? continuation(next.bytes, read) : null;
  }
}

function entriesIn(area: Uint8Array): readonly Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at + 4 <= area.length && area[at + 2] !== 0; ) {
    const length = area[at + 2] ?? 0;
    if (length < 4 || at + length > area.length) throw damaged();
    const bytes = area.subarray(at, at + length);
    const signature = String.fromCharCode(bytes[0] ?? 0, bytes[1] ?? 0);
    if (signature === 'ST') break;
    entries.push({ signature, bytes });
    at += length;
  }
  return entries;
}

function continuation(bytes: Uint8Array, read: ReadBlocks): Uint8Array {
  if (bytes.length < 28) throw damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bothEndian(view, 20);
  if (length > continuationBytes) throw damaged();
  return read(bothEndian(view, 4), bothEndian(view, 12), length);
}

function unusual(): ConfigDriveError {
  return new ConfigDriveError('something in its ISO 9660 image is neither a plain file nor a plain directory');
}

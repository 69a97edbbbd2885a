import { ConfigDriveError } from './config-drive-error.ts';
import type { DriveDirectory, DriveNode } from './drive-tree.ts';

/** Of a directory entry (Microsoft FAT specification 1.03, section 6). */
export const fatEntryBytes = 32;

/** Where a file or directory has been put. */
interface Place {
  readonly cluster: number;
  readonly bytes: Uint8Array;
}

/** UTF-16 units of a long name that one entry holds. */
export const unitsPerEntry = 13;
export const attributes = { volumeLabel: 0x08, directory: 0x10, archive: 0x20, longName: 0x0f };
/** 1 January 1980, the first day that there is. */
const date = 0x0021;

/** Entries that the files of a directory take, without those for itself, its parent and the label. */
export function entriesOf({ entries }: DriveDirectory): number {
  return [...entries.keys()].reduce((sum, name) => sum + 1 + Math.ceil(name.length / unitsPerEntry), 0);
}

/** The entry of a root directory that holds the label of the volume. */
export function labelEntry(label: string): Uint8Array {
  return shortEntry(label.padEnd(11), attributes.volumeLabel, { cluster: 0, sizeBytes: 0 });
}

/**
 * Writes the entries of a directory into `into`, and all that is below it where `take` gives it room. `cluster` is that of the
 * directory, 0 for the root. Throws ConfigDriveError for names that FAT cannot tell apart or hold.
 */
export function writeEntries(
  directory: DriveDirectory,
  into: Uint8Array,
  cluster: number,
  take: (bytes: number) => Place,
): void {
  checkNames(directory);
  let at = 0;
  let number = 0;
  for (const [name, node] of directory.entries) {
    number += 1;
    // All names are long ones; the short ones that belong to them have only to differ.
    const short = `F${number.toString(16).toUpperCase().padStart(7, '0')}   `;
    const place = writeNode(node, cluster, take);
    const isDirectory = node.kind === 'directory';
    const entry = shortEntry(short, isDirectory ? attributes.directory : attributes.archive, {
      cluster: place.cluster,
      sizeBytes: isDirectory ? 0 : place.bytes.length,
    });
    for (const bytes of [...longEntries(name, short), entry]) {
      into.set(bytes, at);
      at += fatEntryBytes;
    }
  }
}

function writeNode(node: DriveNode, parent: number, take: (bytes: number) => Place): Place {
  if (node.kind === 'file') {
    if (node.bytes.length === 0) return { cluster: 0, bytes: node.bytes };
    const place = take(node.bytes.length);
    place.bytes.set(node.bytes);
    return place;
  }
  const place = take((entriesOf(node) + 2) * fatEntryBytes);
  place.bytes.set(shortEntry('.'.padEnd(11), attributes.directory, { cluster: place.cluster, sizeBytes: 0 }), 0);
  place.bytes.set(shortEntry('..'.padEnd(11), attributes.directory, { cluster: parent, sizeBytes: 0 }), fatEntryBytes);
  writeEntries(node, place.bytes.subarray(2 * fatEntryBytes), place.cluster, take);
  return place;
}

function shortEntry(
  name: string,
  attribute: number,
  { cluster, sizeBytes }: { readonly cluster: number; readonly sizeBytes: number },
): Uint8Array {
  const entry = Buffer.alloc(fatEntryBytes);
  entry.write(name, 0, 'latin1');
  entry.writeUInt8(attribute, 11);
  for (const at of [16, 18, 24]) entry.writeUInt16LE(date, at);
  entry.writeUInt16LE(cluster, 26);
  entry.writeUInt32LE(sizeBytes, 28);
  return entry;
}

/** Section 7: the name in pieces of 13 units of UTF-16, the last piece first. */
function longEntries(name: string, short: string): readonly Uint8Array[] {
  const count = Math.ceil(name.length / unitsPerEntry);
  return Array.from({ length: count }, (_, index) => {
    const number = count - index;
    const piece = name.slice((number - 1) * unitsPerEntry, number * unitsPerEntry);
    const entry = Buffer.alloc(fatEntryBytes);
    entry.writeUInt8(number | (index === 0 ? 0x40 : 0), 0);
    entry.writeUInt8(attributes.longName, 11);
    entry.writeUInt8(shortNameSum(short), 13);
    for (let unit = 0; unit < unitsPerEntry; unit += 1) {
      const end = unit === piece.length ? 0 : 0xffff;
      entry.writeUInt16LE(unit < piece.length ? piece.charCodeAt(unit) : end, unitOffset(unit));
    }
    return entry;
  });
}

/** The units of a long name lie between the fields of a short entry. */
export function unitOffset(unit: number): number {
  if (unit < 5) return 1 + unit * 2;
  return unit < 11 ? 14 + (unit - 5) * 2 : 28 + (unit - 11) * 2;
}

/** Section 7.2: ties a long name to its short one, which has 11 characters. */
export function shortNameSum(short: string): number {
  return [...short].reduce((sum, letter) => (((sum & 1) << 7) + (sum >> 1) + letter.charCodeAt(0)) & 0xff, 0);
}

function checkNames({ entries }: DriveDirectory): void {
  const seen = new Set<string>();
  for (const name of entries.keys()) {
    const folded = name.toUpperCase();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what FAT forbids
    if (/[\x00-\x1f"*/:<>?\\|]|[. ]$/.test(name))
      throw new ConfigDriveError('a file in it has a name that FAT cannot hold');
    if (seen.has(folded))
      throw new ConfigDriveError('two names in it differ only in their case, which FAT cannot hold');
    seen.add(folded);
  }
}

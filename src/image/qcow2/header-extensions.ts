import { InvalidQcow2Error } from './invalid-qcow2-error.ts';

/** What follows the header in its cluster. */
export interface HeaderExtensions {
  /** Names that the image itself gives to incompatible features, by bit. */
  readonly incompatibleNames: ReadonlyMap<number, string>;
  /** Bytes from the start of the image to the end of the last extension. */
  readonly endBytes: number;
}

const extensionHeaderBytes = 8;
const endOfExtensions = 0;
const featureNameTable = 0x68_03_f8_57;
const featureBytes = 48;
const incompatibleFeature = 0;

/**
 * Follows the chain of extensions from `start`. All but the names of features are passed by: none changes what the guest reads
 * unless an incompatible bit says so too. null where `bytes` is not the whole cluster and the chain goes on behind it; throws
 * InvalidQcow2Error where it leaves the cluster.
 */
export function readExtensions(bytes: Uint8Array, start: number, clusterBytes: number): HeaderExtensions | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const incompatibleNames = new Map<number, string>();
  let at = start;
  while (at + extensionHeaderBytes <= clusterBytes) {
    if (at + extensionHeaderBytes > bytes.length) return null;
    const type = view.getUint32(at);
    const length = view.getUint32(at + 4);
    if (type === endOfExtensions) return { incompatibleNames, endBytes: at + extensionHeaderBytes };
    const data = at + extensionHeaderBytes;
    if (data + length > clusterBytes) {
      throw new InvalidQcow2Error(`header extension at byte ${at} has ${length} bytes and leaves the first cluster`);
    }
    if (data + length > bytes.length) return null;
    if (type === featureNameTable) collectNames(bytes.subarray(data, data + length), incompatibleNames);
    at = data + Math.ceil(length / 8) * 8;
  }
  return { incompatibleNames, endBytes: Math.min(at, clusterBytes) };
}

function collectNames(table: Uint8Array, names: Map<number, string>): void {
  for (let at = 0; at + featureBytes <= table.length; at += featureBytes) {
    if (table[at] !== incompatibleFeature) continue;
    const name = Buffer.from(table.subarray(at + 2, at + featureBytes)).toString('latin1');
    names.set(table[at + 1] ?? 0, name.replace(/[^ -~].*$/s, ''));
  }
}

import type { ImageObject } from '../stream/image-object.ts';
import { checkFeatures, checkSizes, checkTables, checkVirtualSize } from './check-header.ts';
import { parseHeader, type Qcow2Header } from './header.ts';
import { type HeaderExtensions, readExtensions } from './header-extensions.ts';
import { firstReadBytes } from './limits.ts';

export interface ReadHeader {
  readonly header: Qcow2Header;
  /** The header with its extensions, as it stands in the image. */
  readonly bytes: Uint8Array;
}

/**
 * Reads and checks the header, most often with one request. Throws InvalidQcow2Error, DiskTooSmallError, or what the object
 * throws.
 */
export async function readHeader(object: ImageObject, sourceBytes: number, targetBytes: number): Promise<ReadHeader> {
  let bytes = await object.readAt(0, Math.min(sourceBytes, firstReadBytes));
  const header = parseHeader(bytes);
  checkSizes(header);
  const clusterBytes = 2 ** header.clusterBits;
  let extensions = extensionsOf(bytes.subarray(0, clusterBytes));
  if (extensions === null && bytes.length < clusterBytes) {
    bytes = await object.readAt(0, Math.min(sourceBytes, clusterBytes));
    extensions = extensionsOf(bytes);
  }
  checkFeatures(header, extensions?.incompatibleNames ?? new Map());
  checkVirtualSize(header, targetBytes);
  checkTables(header, sourceBytes);
  const endBytes = extensions?.endBytes ?? clusterBytes;
  return { header, bytes: bytes.slice(0, Math.min(endBytes, bytes.length)) };

  function extensionsOf(cluster: Uint8Array): HeaderExtensions | null {
    return readExtensions(cluster, header.headerBytes, clusterBytes);
  }
}

import type { ByteSource } from './byte-source.ts';

/** The bytes of an image as they are served, wherever they are: on a web server or in a spool file. */
export interface ImageObject extends AsyncDisposable {
  /** Size in bytes; null where nobody knows before the end. */
  readonly sizeBytes: number | null;
  /** Strong validator (ETag) that tells one version of the bytes from another; null where there is none. */
  readonly validator: string | null;
  /** False where only a read from the start to the end is possible. */
  readonly hasRandomAccess: boolean;
  /** Bytes of content that were fetched so far, over all requests. */
  readonly fetchedBytes: number;
  /**
   * Exactly `length` bytes from `offset` on. For tables and other small things; throws where there is no random access, and
   * where the object ends before.
   */
  readAt(offset: number, length: number): Promise<Uint8Array>;
  /** The bytes from `offset` to the end. A broken connection is mended inside: the reader sees bytes or a final error. */
  readFrom(offset: number): Promise<ByteSource>;
}

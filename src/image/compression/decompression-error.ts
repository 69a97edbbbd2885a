/** The compressions that an image may have around it; which one it is, somebody else found out from its first bytes. */
export type CompressionKind = 'gzip' | 'zstd' | 'xz' | 'bzip2';

/** Compressed data that is damaged, cut off, followed by something else, or beyond a limit. The same bytes fail again. */
export class DecompressionError extends Error {
  readonly kind: CompressionKind;
  /**
   * Byte of the compressed data near which it was found: where the bad part begins, at most 64 KiB before it for damage inside of
   * gzip data; what xz or bzip2 had got so far.
   */
  readonly offset: number;
  /** Bytes of content that came out before. */
  readonly decompressedBytes: number;

  /** `problem` continues the words "the gzip data". */
  constructor(
    kind: CompressionKind,
    problem: string,
    place: { readonly offset: number; readonly decompressedBytes: number },
    options?: ErrorOptions,
  ) {
    const where = `near byte ${place.offset} of it, ${place.decompressedBytes} bytes decompressed`;
    super(`the ${kind} data ${problem} (${where})`, options);
    this.name = 'DecompressionError';
    this.kind = kind;
    this.offset = place.offset;
    this.decompressedBytes = place.decompressedBytes;
  }
}

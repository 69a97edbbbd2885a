/**
 * Bytes that are pulled: nothing is read ahead of the consumer, so memory stays bounded by what the consumer hands in. Every
 * stage of the image path (body of a response, later a decompressor) is one of these.
 */
export interface ByteSource {
  /** Size of the whole in bytes; null where nobody knows before the end. */
  readonly sizeBytes: number | null;
  /** Fills `into` from its start; fewer bytes only at the end, then 0. Throws TransferError for anything cut short. */
  fill(into: Uint8Array): Promise<number>;
  /** Gives up the connection; a `fill` under way rejects with `reason`. Safe to call twice. */
  close(reason?: Error): void;
}

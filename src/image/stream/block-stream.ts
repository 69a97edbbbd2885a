/** A piece of a stream of bytes, in shared page-aligned memory, where O_DIRECT and threads can use it as it is. */
export interface StreamBlock {
  /** Belongs to the holder until `release`; the start is aligned to pages. */
  readonly bytes: Uint8Array;
  /** Place of the first byte in the stream. */
  readonly offset: number;
  /** Gives the memory back, once and by the last user: nobody may touch `bytes` afterwards. */
  release(): void;
}

/**
 * What every stage of the image path gives to the next: blocks that are pulled, in order. Memory stays bounded because a stage
 * owns a fixed number of blocks and waits until one comes back.
 */
export interface BlockStream {
  /**
   * The next block, null after the last. All blocks but the last are full (`blockBytes`). One call at a time. Throws whatever
   * the stage or one before it throws.
   */
  next(): Promise<StreamBlock | null>;
  /**
   * Gives up, also the stages before; a `next` under way rejects with `reason`. Safe to call twice, and after the end.
   * Resolves when nothing touches the memory of this stage any more.
   */
  close(reason?: Error): Promise<void>;
}

import { blockBytes, evenBlock, evenBlockBytes, leaseBlocks } from './block-lease.ts';
import { createKeyedStream } from './keyed-stream.ts';

/** What a pass leaves on the device; with the key of its stream it can be made again. */
export type PassContent =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'pattern'; readonly byte: number }
  | { readonly kind: 'stream'; readonly key: Uint8Array };

/** The bytes that one pass writes. */
export interface PassSource extends Disposable {
  /** Length of its blocks; they begin at multiples of it. */
  readonly blockBytes: number;
  /** How many may be in use. */
  readonly slots: number;
  /** What belongs at `offset`, in page-aligned memory; stays until the same slot is asked again. */
  block(slot: number, offset: number, length: number): Uint8Array;
}

const evenSlots = 4;
const streamSlots = 4;

export function openPassSource(content: PassContent): PassSource {
  return content.kind === 'stream' ? streamSource(content.key) : evenSource(byteOf(content));
}

/** What an even pass has everywhere. */
export function byteOf(content: Exclude<PassContent, { kind: 'stream' }>): number {
  return content.kind === 'zeros' ? 0 : content.byte;
}

function evenSource(byte: number): PassSource {
  const bytes = evenBlock(byte);
  return {
    blockBytes: evenBlockBytes,
    slots: evenSlots,
    block: (_slot, _offset, length) => bytes.subarray(0, length),
    [Symbol.dispose]() {},
  };
}

function streamSource(key: Uint8Array): PassSource {
  const lease = leaseBlocks(streamSlots);
  const stream = createKeyedStream(key);
  for (const block of lease.blocks) stream.fill(block);
  return {
    blockBytes,
    slots: streamSlots,
    block(slot, offset, length) {
      const bytes = lease.blocks[slot]?.subarray(0, length);
      if (!bytes) throw new RangeError(`slot ${slot} of ${streamSlots}`);
      stream.stamp(bytes, offset);
      return bytes;
    },
    [Symbol.dispose]: () => lease[Symbol.dispose](),
  };
}

import type { Decoder } from './decoder.ts';

/** What the loop says to the stage that feeds it. */
export type DecodeReply =
  /** The oldest input may be changed. */
  | { readonly kind: 'consumed' }
  /** The oldest output has this many bytes of content. */
  | { readonly kind: 'filled'; readonly length: number }
  /** All is decoded; the oldest output has the last bytes, or none. */
  | { readonly kind: 'end'; readonly length: number };

/** Decodes from a queue of inputs to a queue of outputs, as long as there is something in both. */
export interface DecodeLoop {
  input(bytes: Uint8Array): void;
  output(bytes: Uint8Array): void;
  /** No input follows. */
  noMoreInput(): void;
  /** Bytes of content so far. */
  readonly producedBytes: number;
}

/** Each call works until something is missing; throws what the decoder throws. */
export function createDecodeLoop(decoder: Decoder, reply: (reply: DecodeReply) => void): DecodeLoop {
  const inputs: Uint8Array[] = [];
  const outputs: Uint8Array[] = [];
  let isLast = false;
  let isOver = false;
  let taken = 0;
  let filled = 0;
  let producedBytes = 0;

  function work(): void {
    for (let output = outputs[0]; output && !isOver; output = outputs[0]) {
      const input = inputs[0];
      if (!input) {
        if (isLast) finish();
        return;
      }
      advance(input, output);
    }
  }

  function advance(input: Uint8Array, output: Uint8Array): void {
    const { consumed, produced } = decoder.decode(input.subarray(taken), output.subarray(filled));
    taken += consumed;
    filled += produced;
    producedBytes += produced;
    if (filled === output.length) {
      outputs.shift();
      reply({ kind: 'filled', length: filled });
      filled = 0;
    } else if (taken === input.length) {
      inputs.shift();
      taken = 0;
      reply({ kind: 'consumed' });
    } else if (consumed === 0 && produced === 0) {
      throw new Error('the decoder neither reads nor writes');
    }
  }

  function finish(): void {
    decoder.end();
    isOver = true;
    reply({ kind: 'end', length: filled });
  }

  return {
    input(bytes) {
      inputs.push(bytes);
      work();
    },
    output(bytes) {
      outputs.push(bytes);
      work();
    },
    noMoreInput() {
      isLast = true;
      work();
    },
    get producedBytes() {
      return producedBytes;
    },
  };
}

import { createDecodeLoop } from '../../src/image/compression/decode-loop.ts';
import type { Decoder } from '../../src/image/compression/decoder.ts';

/** What a decoder makes of bytes that come in pieces of the given sizes, taken in turn, into outputs of one size. */
export function decodeAll(
  decoder: Decoder,
  bytes: Uint8Array,
  {
    inputSizes = [bytes.length || 1],
    outputSize = 65_536,
  }: { inputSizes?: readonly number[]; outputSize?: number } = {},
): Buffer {
  const pieces: Buffer[] = [];
  const outputs: Buffer[] = [];
  let isOver = false;
  const loop = createDecodeLoop(decoder, (reply) => {
    if (reply.kind === 'consumed') return;
    pieces.push(Buffer.from((outputs.shift() ?? Buffer.alloc(0)).subarray(0, reply.length)));
    isOver = reply.kind === 'end';
  });
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const size = inputSizes[index % inputSizes.length] ?? 1;
    loop.input(bytes.subarray(at, at + size));
    at += size;
  }
  loop.noMoreInput();
  while (!isOver) {
    const output = Buffer.alloc(outputSize);
    outputs.push(output);
    loop.output(output);
  }
  return Buffer.concat(pieces);
}

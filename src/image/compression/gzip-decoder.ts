import { DataProblem, type Decoder, type DecoderStep, problems } from './decoder.ts';
import { openZlib, ZlibDataError } from './zlib-handle.ts';

/** How much zlib gets at a time: it does not say where in it an error is. */
const sliceBytes = 64 * 1024;

/**
 * RFC 1952: members, one behind the other, are one stream (pigz, bgzip, `cat a.gz b.gz`); zeros behind the last are padding,
 * as for gzip(1). CRC and length of each member are checked by zlib. What gzip(1) only warns of, other bytes behind the
 * end, is refused: the image was not made like that.
 */
export function createGzipDecoder(): Decoder {
  const zlib = openZlib('gzip');
  let offset = 0;
  let isPadding = false;

  function step(input: Uint8Array, output: Uint8Array): DecoderStep {
    try {
      return zlib(input, output);
    } catch (error) {
      throw asProblem(error, offset);
    }
  }

  function skipPadding(input: Uint8Array): DecoderStep {
    const other = input.findIndex((byte) => byte !== 0);
    if (other >= 0) throw new DataProblem(problems.garbage, offset + other);
    offset += input.length;
    return { consumed: input.length, produced: 0 };
  }

  return {
    decode(input, output) {
      if (isPadding) return skipPadding(input);
      const slice = input.subarray(0, sliceBytes);
      if (offset < 2) checkStart(slice, offset);
      const done = step(slice, output);
      offset += done.consumed;
      // node:zlib goes on with the next member by itself, and stops in front of a zero.
      isPadding = done.consumed < slice.length && done.produced < output.length;
      if (!isPadding) return done;
      const { consumed } = skipPadding(slice.subarray(done.consumed));
      return { consumed: done.consumed + consumed, produced: done.produced };
    },
    end() {
      if (offset === 0) throw new DataProblem(problems.empty, 0);
      try {
        if (!isPadding) zlib(new Uint8Array(), new Uint8Array(1), 'last');
      } catch (error) {
        throw asProblem(error, offset);
      }
    },
  };
}

/** The first two bytes, so that zlib's complaint about a header later can only mean what follows the first member. */
function checkStart(slice: Uint8Array, offset: number): void {
  [0x1f, 0x8b].slice(offset).forEach((expected, index) => {
    const byte = slice[index];
    if (byte !== undefined && byte !== expected) throw new DataProblem(problems.otherData, 0);
  });
}

function asProblem(error: unknown, offset: number): unknown {
  if (!(error instanceof ZlibDataError)) return error;
  return new DataProblem(words(error), offset, { cause: error });
}

function words({ message }: ZlibDataError): string {
  if (message === 'incorrect header check') return problems.garbage;
  if (message === 'unexpected end of file') return problems.cut;
  return problems.damaged(message);
}

import { DataProblem, type Decoder, type DecoderStep, problems } from './decoder.ts';
import { openZlib, ZlibDataError } from './zlib-handle.ts';
import { createZstdFrames } from './zstd-frames.ts';

/** Frames, one behind the other (pzstd, `cat a.zst b.zst`), and skippable frames are one stream, as for zstd(1). */
export function createZstdDecoder(): Decoder {
  const zstd = openZlib('zstd');
  const frames = createZstdFrames();
  let offset = 0;
  /** Bytes of the input that were scanned and not decoded yet. */
  let soundBytes = 0;
  let problem: string | null = null;

  function step(input: Uint8Array, output: Uint8Array): DecoderStep {
    try {
      return zstd(input, output);
    } catch (error) {
      throw asProblem(error);
    }
  }

  function asProblem(error: unknown): unknown {
    if (!(error instanceof ZlibDataError)) return error;
    const { code, message } = error;
    // It refuses a magic number before all four bytes of it are there, so before the scan does.
    if (code !== 'ZSTD_error_prefix_unknown')
      return new DataProblem(problems.damaged(message), offset, { cause: error });
    const { frameOffset } = frames;
    return new DataProblem(frameOffset > 0 ? problems.garbage : problems.otherData, frameOffset, { cause: error });
  }

  return {
    decode(input, output) {
      if (soundBytes === 0 && problem === null) ({ soundBytes, problem } = frames.scan(input));
      if (soundBytes === 0 && problem !== null) throw new DataProblem(problem, frames.frameOffset);
      const done = step(input.subarray(0, soundBytes), output);
      soundBytes -= done.consumed;
      offset += done.consumed;
      return done;
    },
    end() {
      const cut = frames.problemAtEnd();
      if (cut !== null) throw new DataProblem(cut, cut === problems.cut ? offset : frames.frameOffset);
    },
  };
}

import type { Host } from '../../core/job-context.ts';
import { ToolError } from '../../errors/tool-error.ts';
import * as bzip2 from '../../tools/bzip2.ts';
import type { RunningTool } from '../../tools/start.ts';
import * as xz from '../../tools/xz.ts';
import { allocateBlocks, createBlockPool } from '../stream/block-pool.ts';
import type { BlockStream, StreamBlock } from '../stream/block-stream.ts';
import { createChunkReader } from './chunk-reader.ts';
import { problems } from './decoder.ts';
import { DecompressionError } from './decompression-error.ts';
import { createInputFeed } from './input-feed.ts';

/** The program has its own memory to run ahead in, so: two with the consumer, one being filled. */
const outputCount = 3;

const programs = { xz, bzip2 };

/**
 * Decodes by a program between two pipes. What it wrote is not given out as the end before it has ended well, without any
 * complaint. Throws SafetyLatchError and ToolError as startTool does.
 */
export function decompressByProgram(
  kind: keyof typeof programs,
  input: BlockStream,
  host: Pick<Host, 'latch' | 'log' | 'signal'>,
): BlockStream {
  const { startDecompression, parseComplaint } = programs[kind];
  const tool: RunningTool = startDecompression(host);
  const pool = createBlockPool(allocateBlocks(outputCount).blocks);
  const reader = createChunkReader(tool.output);
  let failure: { readonly error: unknown } | null = null;
  let suppliedBytes = 0;
  let decompressedBytes = 0;
  let isInputOver = false;
  let isOver = false;

  function fail(error: unknown): void {
    failure ??= { error };
    tool.kill('its input or its reader gave up', error);
  }

  function throwFailure(): void {
    if (failure) throw failure.error;
  }

  const feed = createInputFeed(input, {
    block({ bytes }) {
      suppliedBytes += bytes.length;
      void tool.write(bytes).then((isTaken) => isTaken && feed.consumed());
    },
    end() {
      isInputOver = true;
      tool.endInput();
    },
    fail,
  });

  function problem(words: string, cause?: unknown): DecompressionError {
    return new DecompressionError(kind, words, { offset: suppliedBytes, decompressedBytes }, { cause });
  }

  /** Waits for a good end of the program; throws what went wrong first. */
  async function finish(): Promise<void> {
    const stderr = await tool.ended.catch((error: unknown) => {
      throwFailure();
      if (!(error instanceof ToolError) || error.exitCode === null) throw error;
      const isEmpty = isInputOver && suppliedBytes === 0;
      throw problem(isEmpty ? problems.empty : problems.refused(kind, parseComplaint(error.stderrTail)), error);
    });
    if (parseComplaint(stderr)) throw problem(problems.refused(kind, parseComplaint(stderr)));
    if (!isInputOver) throw problem(problems.garbage);
    isOver = true;
  }

  async function next(): Promise<StreamBlock | null> {
    throwFailure();
    if (isOver) return null;
    const block = await pool.take();
    const length = await reader.fill(block.bytes);
    if (length < block.bytes.length) await finish();
    throwFailure();
    if (length === 0) return null;
    const offset = decompressedBytes;
    decompressedBytes += length;
    return { bytes: block.bytes.subarray(0, length), offset, release: () => pool.giveBack(block) };
  }

  feed.start();
  return {
    next,
    async close(reason = new Error(`the ${kind} stream was closed`)) {
      fail(reason);
      pool.fail(reason);
      await reader.discard();
      await tool.ended.catch(() => undefined);
      await feed.close(reason);
    },
  };
}

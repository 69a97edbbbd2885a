import type { Host } from '../../core/job-context.ts';
import type { BlockStream } from '../stream/block-stream.ts';
import type { CompressionKind } from './decompression-error.ts';
import { decompressByProgram } from './program-stream.ts';
import { decompressOnThread } from './thread-stream.ts';

/** What starting a program takes; gzip and zstd need none. */
export type DecompressHost = Pick<Host, 'latch' | 'log' | 'signal'>;

/**
 * The content of compressed blocks, in full blocks of its own memory, `offset` counting decompressed bytes. Starts at once and
 * runs ahead by a few blocks; takes over `input`, which is closed with it. Throws DecompressionError for bad data, and what
 * `input` throws unchanged; ToolError where xz or bzip2 is missing or killed. Close it, also after the end and after an error.
 */
export function decompress(kind: CompressionKind, input: BlockStream, host: DecompressHost): BlockStream {
  if (kind === 'gzip' || kind === 'zstd') return decompressOnThread(kind, input);
  return decompressByProgram(kind, input, host);
}

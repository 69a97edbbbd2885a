import { statfs } from 'node:fs/promises';
import { errorText } from '../../errors/guards.ts';
import type { BlockStream, StreamBlock } from '../stream/block-stream.ts';
import { SpoolError } from './spool-error.ts';
import { createSpoolDraft, type SpoolDraft, type SpoolFile } from './spool-file.ts';

export interface SpoolOptions {
  readonly dir: string;
  /** Most bytes that the file may get; see `spoolLimit`. */
  readonly limitBytes: number;
  /** Size of the stream where it is known before. */
  readonly expectedBytes: number | null;
  readonly signal: AbortSignal;
}

/**
 * What an image may take in `dir`: what is configured (`image_spool_bytes`), but never more than is free; half of that where
 * nothing is configured, because the directory is in the memory that everybody needs.
 */
export async function spoolLimit(dir: string, configuredBytes: number): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  return configuredBytes > 0 ? Math.min(configuredBytes, free) : Math.floor(free / 2);
}

/** Refuses what cannot fit, before it is fetched. Throws SpoolError. */
export function refuseTooLarge(
  expectedBytes: number,
  { dir, limitBytes }: Pick<SpoolOptions, 'dir' | 'limitBytes'>,
): void {
  if (expectedBytes <= limitBytes) return;
  throw new SpoolError(`${expectedBytes} bytes are more than the ${limitBytes} that an image may take in ${dir}`);
}

/**
 * Takes a whole stream into a file. Throws SpoolError before anything is written where `expectedBytes` is too much, and as
 * soon as the stream passes the limit; or what the stream throws, or the reason of the signal. No file stays behind then, and
 * the stream is closed.
 */
export async function spoolBlocks(blocks: BlockStream, options: SpoolOptions): Promise<SpoolFile> {
  let draft: SpoolDraft | undefined;
  try {
    if (options.expectedBytes !== null) refuseTooLarge(options.expectedBytes, options);
    draft = await createSpoolDraft(options.dir);
    return draft.finish(await writeAll(blocks, draft, options));
  } catch (error) {
    await draft?.discard();
    await blocks.close(error instanceof Error ? error : undefined);
    throw error;
  }
}

async function writeAll(blocks: BlockStream, draft: SpoolDraft, options: SpoolOptions): Promise<number> {
  let done = 0;
  for (let block = await blocks.next(); block; block = await blocks.next()) {
    try {
      options.signal.throwIfAborted();
      refuseTooLarge(done + block.bytes.length, options);
      await writeBlock(draft, block, done);
      done += block.bytes.length;
    } finally {
      block.release();
    }
  }
  options.signal.throwIfAborted();
  return done;
}

async function writeBlock({ handle, path }: SpoolDraft, { bytes }: StreamBlock, offset: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle
      .write(bytes, done, bytes.length - done, offset + done)
      .catch((error: unknown) => {
        throw new SpoolError(`cannot write ${path} at byte ${offset + done}: ${errorText(error)}`, { cause: error });
      });
    done += bytesWritten;
  }
}

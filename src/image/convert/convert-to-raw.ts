import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Host } from '../../core/job-context.ts';
import { InvalidImageError } from '../../errors/catalogue.ts';
import { ToolError } from '../../errors/tool-error.ts';
import { type Conversion, convertToFile, lackedResources, lackedSpace, requireQemuImg } from '../../tools/qemu-img.ts';
import { refuseTooLarge, spoolLimit } from '../spool/spool-blocks.ts';
import { SpoolError } from '../spool/spool-error.ts';
import { createSpoolDraft, type SpoolDraft, type SpoolFile } from '../spool/spool-file.ts';
import { type ConversionAsk, checkConvertible } from './check-convertible.ts';

export interface ConversionLimits {
  /**
   * Most bytes of content that the raw file may get, beside the spool file; holes cost nothing. Never more than half of what is
   * still free.
   */
  readonly limitBytes: number;
  /** Default: an hour. */
  readonly timeoutSeconds?: number;
}

export type ConversionHost = Pick<Host, 'run' | 'signal' | 'log'> & {
  readonly config: Pick<Host['config'], 'imageConvertMemoryLimitMib' | 'imageConvertAttempts'>;
};

const defaultTimeoutSeconds = 3600;
const watchMilliseconds = 200;
const retryMilliseconds = 1000;
const statBlockBytes = 512;

/**
 * Turns a checked image into a raw file beside it. qemu-img is told the format, gets only what it may take, and is tried
 * again only where memory or threads were missing. Throws InvalidImageError for what is wrong with the image, SpoolError for
 * what does not fit, ToolError where qemu-img is missing, or the reason of the signal; no file stays behind then.
 */
export async function convertToRaw(
  spool: SpoolFile,
  ask: ConversionAsk,
  host: ConversionHost,
  limits: ConversionLimits,
): Promise<SpoolFile> {
  const { imageId, format } = ask;
  await requireQemuImg(host.run);
  const diskBytes = await checkConvertible(spool, ask);
  const dir = path.dirname(spool.path);
  const limitBytes = Math.min(limits.limitBytes, await spoolLimit(dir, 0));
  const draft = await createSpoolDraft(dir);
  try {
    await draft.handle.truncate(diskBytes);
    const conversion: Conversion = {
      format,
      source: spool.path,
      target: draft.path,
      sizeBytes: diskBytes,
      memoryLimitMib: host.config.imageConvertMemoryLimitMib,
      timeoutSeconds: limits.timeoutSeconds ?? defaultTimeoutSeconds,
    };
    await convertWatched(draft, conversion, host, { dir, limitBytes });
    return draft.finish(diskBytes);
  } catch (error) {
    await draft.discard();
    host.signal.throwIfAborted();
    if (!(error instanceof ToolError)) throw error;
    if (lackedSpace(error)) throw new SpoolError(`no space for a raw copy of image ${imageId}`, { cause: error });
    throw new InvalidImageError(
      `image ${imageId} cannot be converted from ${format}; the disk was not touched: ${error.message}`,
      { cause: error },
    );
  }
}

/** Nobody knows before how much of the disk is not holes, so the file is watched while it grows. */
async function convertWatched(
  draft: SpoolDraft,
  conversion: Conversion,
  host: ConversionHost,
  space: { readonly dir: string; readonly limitBytes: number },
): Promise<void> {
  const done = new AbortController();
  const stop = new AbortController();
  const check = async (): Promise<void> => {
    const { blocks } = await stat(draft.path);
    refuseTooLarge(blocks * statBlockBytes, space);
  };
  const watch = (async () => {
    while (!done.signal.aborted) {
      await check();
      await delay(watchMilliseconds, undefined, { signal: done.signal }).catch(() => {});
    }
  })().catch((error: unknown) => stop.abort(error));
  try {
    await convertRetried(draft, { ...conversion, signal: stop.signal }, host);
  } catch (error) {
    stop.signal.throwIfAborted();
    throw error;
  } finally {
    done.abort();
    await watch;
  }
  await check();
}

async function convertRetried(draft: SpoolDraft, conversion: Conversion, host: ConversionHost): Promise<void> {
  const attempts = host.config.imageConvertAttempts;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await convertToFile(host.run, conversion);
      return;
    } catch (error) {
      if (attempt >= attempts || !lackedResources(error)) throw error;
      host.log.warn({ attempt, attempts }, 'qemu-img lacked memory or threads, trying again');
      await delay(retryMilliseconds, undefined, { signal: host.signal });
      await emptyAgain(draft, conversion.sizeBytes);
    }
  }
}

/** The target is promised to be zero. */
async function emptyAgain({ handle }: SpoolDraft, sizeBytes: number): Promise<void> {
  await handle.truncate(0);
  await handle.truncate(sizeBytes);
}

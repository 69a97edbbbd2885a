import type { ByteSource } from '../stream/byte-source.ts';
import type { ImageObject } from '../stream/image-object.ts';
import { mendingSource, type Opened } from './mending-source.ts';
import { createMirrors } from './mirrors.ts';
import { overMirrors } from './over-mirrors.ts';
import type { Span } from './range-answer.ts';
import { RemoteObject } from './remote-object.ts';
import type { RemoteOptions } from './remote-options.ts';
import { createRounds } from './rounds.ts';
import { TransferError } from './transfer-error.ts';

/**
 * Opens an image by the addresses of one object, in order of preference. The answer to the first request is what the first
 * `readFrom(0)` gives. Breaks are mended within: over all addresses, `retries` further rounds without a new byte. Every method
 * throws TransferError (final: nothing is left to try), ObjectChangedError where the object is another one by now (start over;
 * whoever does so must count), or the reason of the signal, which is the limit in time.
 */
export async function openRemoteImage(addresses: readonly string[], options: RemoteOptions): Promise<ImageObject> {
  const object = new RemoteObject(createMirrors(addresses), options);
  const whole: Span = { offset: 0, end: null };
  const first = await overMirrors(object.mirrors, options, (mirror) => object.open(mirror, whole, options.signal));
  if (first === null) throw new TransferError('the object is empty', { passing: false });
  const { answer } = first;
  const validator = object.mirrors.preferred.validator ?? null;
  const hasRandomAccess = answer.kind === 'part' && answer.total !== null;
  options.log.info(
    { from: first.exchange.from, bytes: object.totalBytes, ranges: hasRandomAccess },
    'image server answered',
  );
  let waiting: Opened | null = first;
  const sources = new Set<ByteSource>();

  function start(span: Span): ByteSource {
    const opened = span === whole ? waiting : null;
    if (span.end === null) {
      if (opened === null) waiting?.exchange.close();
      waiting = null;
    }
    const source = mendingSource(
      {
        rounds: createRounds(object.mirrors, options),
        totalBytes: () => object.totalBytes,
        open: (mirror, wanted, signal) => object.open(mirror, wanted, signal),
        fetched: (bytes) => {
          object.fetchedBytes += bytes;
        },
        signal: options.signal,
      },
      span,
      opened,
    );
    sources.add(source);
    return source;
  }

  return {
    validator,
    hasRandomAccess,
    get sizeBytes() {
      return object.totalBytes;
    },
    get fetchedBytes() {
      return object.fetchedBytes;
    },
    async readAt(offset, length) {
      const { totalBytes } = object;
      if (!hasRandomAccess) throw new TransferError('the server gives no part of the image', { passing: false });
      if (totalBytes !== null && offset + length > totalBytes) {
        throw new TransferError(`bytes ${offset} to ${offset + length} are not within ${totalBytes}`, {
          passing: false,
        });
      }
      const bytes = new Uint8Array(length);
      const source = start({ offset, end: offset + length });
      try {
        await source.fill(bytes);
        return bytes;
      } finally {
        source.close();
        sources.delete(source);
      }
    },
    async readFrom(offset) {
      if (object.totalBytes !== null && offset > object.totalBytes) {
        throw new TransferError(`byte ${offset} is beyond ${object.totalBytes}`, { passing: false });
      }
      return start(offset === 0 ? whole : { offset, end: null });
    },
    async [Symbol.asyncDispose]() {
      waiting?.exchange.close();
      for (const source of sources) source.close();
    },
  };
}

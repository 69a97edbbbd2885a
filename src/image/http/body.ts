import type { BodyFraming } from './response-head.ts';
import type { SocketReader } from './socket-reader.ts';
import { TransferError } from './transfer-error.ts';

type Fill = (into: Uint8Array) => Promise<number>;

/** Longest line of a chunk size with its extensions, and longest trailer, that is read. */
const maximumLineBytes = 16 * 1024;

/** Takes the body out of its framing; throws TransferError where it ends before its end. */
export function bodyFill(reader: SocketReader, framing: BodyFraming): Fill {
  switch (framing.kind) {
    case 'length':
      return lengthFill(reader, framing.bytes);
    case 'chunked':
      return chunkedFill(reader);
    case 'until-close':
      return (into) => reader.fill(into);
  }
}

function lengthFill(reader: SocketReader, total: number): Fill {
  let done = 0;
  return async (into) => {
    const wanted = into.subarray(0, Math.min(into.length, total - done));
    if (wanted.length === 0) return 0;
    const count = await reader.fill(wanted);
    done += count;
    if (count < wanted.length) throw cutShort(`body ended after ${done} of ${total} bytes`);
    return count;
  };
}

function chunkedFill(reader: SocketReader): Fill {
  let left = 0;
  let ended = false;
  let done = 0;
  return async (into) => {
    let filled = 0;
    while (filled < into.length && !ended) {
      if (left === 0) {
        left = await nextChunkBytes(reader, done);
        ended = left === 0;
        continue;
      }
      const wanted = into.subarray(filled, filled + Math.min(left, into.length - filled));
      const count = await reader.fill(wanted);
      filled += count;
      done += count;
      left -= count;
      if (count < wanted.length) throw cutShort(`chunked body ended after ${done} bytes without its last chunk`);
    }
    return filled;
  };
}

/** Reads up to the data of the next chunk; 0 after the last one and its trailers (RFC 9112 section 7.1). */
async function nextChunkBytes(reader: SocketReader, done: number): Promise<number> {
  if (done > 0 && (await readLine(reader)) !== '') throw badChunk('a chunk is longer than it said');
  const line = await readLine(reader);
  const size = /^([0-9A-Fa-f]{1,13})[ \t]*(?:;.*)?$/.exec(line)?.[1];
  if (size === undefined) throw badChunk(`not a chunk size: ${JSON.stringify(line.slice(0, 40))}`);
  const bytes = Number.parseInt(size, 16);
  if (bytes > 0) return bytes;
  for (let trailer = await readLine(reader); trailer !== ''; trailer = await readLine(reader));
  return 0;
}

async function readLine(reader: SocketReader): Promise<string> {
  let from = 0;
  for (;;) {
    const waiting = reader.waiting();
    const end = waiting.indexOf('\r\n', from);
    if (end >= 0) {
      reader.take(end + 2);
      return waiting.toString('latin1', 0, end);
    }
    if (waiting.length > maximumLineBytes) throw badChunk('a chunk size line is too long');
    from = Math.max(0, waiting.length - 1);
    if ((await reader.more()) === null) throw cutShort('chunked body ended without its last chunk');
  }
}

function cutShort(message: string): TransferError {
  return new TransferError(message, { passing: true });
}

function badChunk(message: string): TransferError {
  return new TransferError(message, { passing: false });
}

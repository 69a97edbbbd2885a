import type { BodyFraming } from './response-head.ts';
import type { SocketReader } from './socket-reader.ts';
import { TransferError } from './transfer-error.ts';

/**
 * Fills what it is given; fewer bytes where the body ends or breaks after them. The next call then says which: 0 at the end, or
 * it throws TransferError.
 */
export type ReadBody = (into: Uint8Array) => Promise<number>;

/** Longest line of a chunk size with its extensions, and longest trailer, that is read. */
const maximumLineBytes = 16 * 1024;
const maximumTrailers = 100;

/** Takes the body out of its framing; it throws where the body ends before its end. */
export function bodyReader(reader: SocketReader, framing: BodyFraming): ReadBody {
  switch (framing.kind) {
    case 'length':
      return lengthReader(reader, framing.bytes);
    case 'chunked':
      return chunkedReader(reader);
    case 'until-close':
      return (into) => reader.fill(into);
  }
}

function lengthReader(reader: SocketReader, total: number): ReadBody {
  let done = 0;
  return async (into) => {
    const wanted = into.subarray(0, Math.min(into.length, total - done));
    if (wanted.length === 0) return 0;
    const count = await reader.fill(wanted);
    done += count;
    if (count === 0) throw cutShort(`body ended after ${done} of ${total} bytes`);
    return count;
  };
}

/** Never reads beyond a chunk in one go: what came before a break between two chunks is not lost. */
function chunkedReader(reader: SocketReader): ReadBody {
  let left = 0;
  let ended = false;
  let done = 0;
  return async (into) => {
    if (into.length === 0 || ended) return 0;
    if (left === 0) left = await nextChunkBytes(reader, done);
    ended = left === 0;
    if (ended) return 0;
    const count = await reader.fill(into.subarray(0, Math.min(left, into.length)));
    if (count === 0) throw cutShort(`chunked body ended after ${done} bytes without its last chunk`);
    done += count;
    left -= count;
    return count;
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
  for (let trailers = 0; trailers <= maximumTrailers; trailers += 1) if ((await readLine(reader)) === '') return 0;
  throw badChunk(`more than ${maximumTrailers} trailers`);
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

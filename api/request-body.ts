import { isUtf8 } from 'node:buffer';
import { InvalidContentError } from '../src/errors/catalogue.ts';
import { errorText } from '../src/errors/guards.ts';

/** A config drive of 64 MiB comes up to three times in one request: that is 256 MiB in base64, and the rest of the JSON. */
export const largestBodyBytes = 257 * 1024 * 1024;

/** Real requests have about ten levels; a deep one would overflow the stack of whatever walks it. */
const deepestLevel = 64;

const quote = 0x22;
const backslash = 0x5c;
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);

/**
 * The JSON of a request. Depth is limited before anything is built from it. Throws InvalidContentError in the words of the
 * contract ("Failed to decode JSON object").
 */
export function parseRequestBody(body: Buffer): unknown {
  if (depthOf(body) > deepestLevel) {
    throw new InvalidContentError(`Failed to decode JSON object: nested deeper than ${deepestLevel} levels`);
  }
  try {
    // Decoding would put replacement characters where the bytes are no UTF-8, and a wrong name or key would go to a disk.
    if (!isUtf8(body)) throw new Error('the body is not UTF-8');
    return JSON.parse(body.toString('utf8'), rejectUnsafe) as unknown;
  } catch (error) {
    throw new InvalidContentError(`Failed to decode JSON object: ${errorText(error).slice(0, 200)}`, { cause: error });
  }
}

/**
 * `__proto__` as a key is never meant, and would change objects that later code copies. A number beyond the range becomes
 * Infinity, which is null in the JSON that goes to the worker.
 */
function rejectUnsafe(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new Error("the key '__proto__' is not permitted");
  if (value === Infinity || value === -Infinity) throw new Error(`the number of '${key}' is too large`);
  return value;
}

function depthOf(body: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let position = 0;
  while (position < body.length) {
    const byte = body[position];
    if (byte === quote) position = endOfString(body, position);
    else if (byte !== undefined && opening.has(byte)) deepest = Math.max(deepest, ++depth);
    else if (byte !== undefined && closing.has(byte)) depth--;
    position++;
  }
  return deepest;
}

/** Position of the quote that ends the string which begins at `start`; long strings are jumped over by indexOf. */
function endOfString(body: Buffer, start: number): number {
  let end = body.indexOf(quote, start + 1);
  while (end !== -1) {
    let escapes = 0;
    while (body[end - 1 - escapes] === backslash) escapes++;
    if (escapes % 2 === 0) return end;
    end = body.indexOf(quote, end + 1);
  }
  return body.length;
}

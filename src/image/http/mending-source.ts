import type { ByteSource } from '../stream/byte-source.ts';
import type { Exchange } from './exchange.ts';
import type { Mirror } from './mirrors.ts';
import type { Span } from './range-answer.ts';
import type { Rounds } from './rounds.ts';
import { TransferError } from './transfer-error.ts';

/** The bytes of one answer, from the place that was asked for. */
export interface Opened {
  readonly exchange: Exchange;
  /** Where its bytes end in the object; null where only the end of the body tells. */
  readonly end: number | null;
  /** Bytes of the body before the place that was asked for: the server ignored the range. */
  readonly skip: number;
}

/** What a source that mends itself stands on. */
export interface MendingHost {
  readonly rounds: Rounds;
  /** Size of the object; null while unknown. */
  totalBytes(): number | null;
  /** Asks a mirror; null where the object ends at that place. Throws TransferError or anything final. */
  open(mirror: Mirror, span: Span, signal: AbortSignal): Promise<Opened | null>;
  /** Bytes of a body have come, wanted or not. */
  fetched(bytes: number): void;
  readonly signal: AbortSignal;
}

const skipPieceBytes = 256 * 1024;

/** The bytes of a span over as many connections as it takes; `first` is one that is open at its start already. */
export function mendingSource(host: MendingHost, span: Span, first: Opened | null): ByteSource {
  const closing = new AbortController();
  const signal = AbortSignal.any([host.signal, closing.signal]);
  let current = first;
  let position = span.offset;
  let ended = false;

  /** One connection more, where there is none, and one read; 0 tells nothing but `ended` may be true now. */
  async function attempt(into: Uint8Array): Promise<number> {
    const stop = span.end ?? host.totalBytes();
    if (stop !== null && position >= stop) return finish();
    current ??= await openHere();
    if (current === null) return finish();
    const reach = Math.min(stop ?? Number.MAX_SAFE_INTEGER, current.end ?? Number.MAX_SAFE_INTEGER);
    if (reach === position) return drop(); // a part shorter than what was asked for: that is allowed
    const count = await current.exchange.read(into.subarray(0, Math.min(into.length, reach - position)));
    host.fetched(count);
    if (count > 0) return count;
    if (stop === null) return finish();
    throw new TransferError(`${current.exchange.from}: body ended at byte ${position} of ${stop}`, { passing: true });
  }

  async function openHere(): Promise<Opened | null> {
    const opened = await host.open(host.rounds.current(), { offset: position, end: span.end }, signal);
    current = opened;
    const scratch = Buffer.allocUnsafe(Math.min(opened?.skip ?? 0, skipPieceBytes));
    for (let left = opened?.skip ?? 0; opened && left > 0; ) {
      const count = await opened.exchange.read(scratch.subarray(0, Math.min(left, scratch.length)));
      host.fetched(count);
      if (count === 0)
        throw new TransferError(`${opened.exchange.from}: ended before byte ${position}`, { passing: true });
      left -= count;
    }
    return opened;
  }

  function drop(): 0 {
    current?.exchange.close();
    current = null;
    return 0;
  }

  function finish(): 0 {
    ended = true;
    return drop();
  }

  /** At least one byte, or 0 at the end. */
  async function some(into: Uint8Array): Promise<number> {
    while (!ended) {
      try {
        signal.throwIfAborted();
        const count = await attempt(into);
        if (count === 0) continue;
        position += count;
        host.rounds.progressed();
        return count;
      } catch (error) {
        drop();
        await host.rounds.failed(error, signal);
      }
    }
    return 0;
  }

  return {
    sizeBytes: sizeOf(span, host.totalBytes()),
    async fill(into) {
      let filled = 0;
      while (filled < into.length) {
        const count = await some(into.subarray(filled));
        if (count === 0) break;
        filled += count;
      }
      return filled;
    },
    close(reason) {
      closing.abort(reason ?? new Error('the reader was closed'));
      current?.exchange.close(reason);
    },
  };
}

function sizeOf(span: Span, total: number | null): number | null {
  const end = span.end ?? total;
  return end === null ? null : end - span.offset;
}

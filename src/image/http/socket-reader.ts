import type { OnReadOpts, Socket } from 'node:net';
import { TransferError } from './transfer-error.ts';

/** Reads from a socket only on demand, and large pieces straight into the memory of the caller. */
export interface SocketReader {
  /** Given to net.connect or tls.connect; without it every byte would be copied once more through a stream buffer. */
  readonly onread: OnReadOpts;
  /** Binds the socket that was made with `onread`, or, with `copying`, any connected one. */
  attach(socket: Socket, options?: { readonly copying: boolean }): void;
  /** Waits for bytes beyond those already waiting and gives all of them; null when the peer has ended the stream. */
  more(): Promise<Buffer | null>;
  /** The bytes that have come and were not taken. */
  waiting(): Buffer;
  /** Takes the first `count` of the waiting bytes. */
  take(count: number): void;
  /**
   * Fills `into`; fewer bytes where the stream ends or breaks after them: nothing that has come is lost. The next call then
   * says which: 0 at the end, or it rejects.
   */
  fill(into: Uint8Array): Promise<number>;
}

interface Demand {
  readonly into: Uint8Array | null;
  filled: number;
  resolve(): void;
  reject(error: Error): void;
}

/** Where bytes land that nobody has asked for yet (the response head, and the first read after a pause). */
const landingBytes = 64 * 1024;
const nothing = Buffer.alloc(0);

/**
 * Node asks for the next buffer right after each read, also after the read that pauses; at that moment the next block of the
 * caller is not known. So a paused socket is armed with the landing buffer, and only the first 64 KiB after a pause are copied.
 */
export function createSocketReader(options: { readonly stallSeconds: number }): SocketReader {
  const landing = Buffer.alloc(landingBytes);
  let socket: Socket | null = null;
  let waiting: Buffer = nothing;
  let ended = false;
  let failure: Error | null = null;
  let demand: Demand | null = null;
  let stallTimer: NodeJS.Timeout | null = null;

  function received(count: number, buffer: Uint8Array): boolean {
    stallTimer?.refresh();
    if (buffer.buffer === landing.buffer) {
      waiting = Buffer.concat([waiting, landing.subarray(0, count)]);
      if (demand?.into) demand.filled += moveWaiting(demand.into.subarray(demand.filled));
    } else if (demand) {
      demand.filled += count;
    }
    return wantsMore();
  }

  function receivedChunk(chunk: Buffer): void {
    stallTimer?.refresh();
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
    if (demand?.into) demand.filled += moveWaiting(demand.into.subarray(demand.filled));
    if (!wantsMore()) socket?.pause();
  }

  function wantsMore(): boolean {
    if (demand?.into && demand.filled < demand.into.length) return true;
    settle();
    return false;
  }

  function moveWaiting(into: Uint8Array): number {
    const count = Math.min(into.length, waiting.length);
    into.set(waiting.subarray(0, count));
    waiting = count === waiting.length ? nothing : waiting.subarray(count);
    return count;
  }

  function settle(): void {
    const settled = demand;
    demand = null;
    if (stallTimer) clearTimeout(stallTimer);
    stallTimer = null;
    if (failure && settled?.filled === 0) settled.reject(failure);
    else settled?.resolve();
  }

  function fail(error: Error): void {
    failure ??= error;
    settle();
  }

  function stalled(): void {
    const error = new TransferError(`no data for ${options.stallSeconds} s`, { passing: true });
    socket?.destroy(error);
    fail(error);
  }

  function ask(into: Uint8Array | null, filled: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const asked: Demand = { into, filled, resolve: () => resolve(asked.filled), reject };
      demand = asked;
      if (failure || ended) {
        settle();
        return;
      }
      stallTimer = setTimeout(stalled, options.stallSeconds * 1000);
      socket?.resume();
    });
  }

  return {
    onread: {
      buffer: () =>
        demand?.into && demand.filled < demand.into.length ? demand.into.subarray(demand.filled) : landing,
      callback: received,
    },
    attach(attached, { copying } = { copying: false }) {
      socket = attached;
      if (copying) socket.on('data', receivedChunk).pause();
      socket.on('end', () => {
        ended = true;
        settle();
      });
      socket.on('error', fail);
      socket.on('close', () => {
        if (!ended) fail(new TransferError('connection closed', { passing: true }));
      });
    },
    async more() {
      const before = waiting.length;
      await ask(null, 0);
      return waiting.length > before ? waiting : null;
    },
    waiting: () => waiting,
    take(count) {
      waiting = waiting.subarray(count);
    },
    async fill(into) {
      const count = moveWaiting(into);
      return count === into.length ? count : ask(into, count);
    },
  };
}

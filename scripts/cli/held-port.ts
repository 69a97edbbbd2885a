import net, { isIP } from 'node:net';

/** A socket as Node's own cluster module makes it: bound, and nobody accepts in this process. */
interface BoundSocket {
  /** -1 when it is closed. */
  readonly fd: number;
  /** 0, or the negative errno with which bind(2) or this call failed. */
  getsockname(into: { port?: number }): number;
  close(): void;
}

interface SocketMaker {
  /** Not documented; a Node without it holds no port, and all else goes on. The negative errno where it fails at once. */
  readonly _createServerHandle?: (host: string, port: number, family: 4 | 6) => BoundSocket | number;
}

/** Shorter than the 60 s that a conductor waits for an answer: what nobody waits for any more must not be taken for new. */
const patienceMilliseconds = 50_000;

/**
 * The socket on which the api listens, in the hands of the launcher: a dead api leaves it open, so that the kernel goes on completing
 * connections, and the next api accepts them. What a `.socket` unit does for services of systemd, see systemd.socket(5).
 */
export class HeldPort {
  readonly #host: string;
  #port: number;
  #socket: BoundSocket | null = null;
  #isGivenUp = false;
  #timer: NodeJS.Timeout | undefined;

  /** With port 0 any will do, and it stays the same from then on. */
  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  /** For the process that listens; null where the port cannot be held. Such a process binds it itself, and says what is wrong. */
  get fd(): number | null {
    if (this.#isGivenUp) return null;
    this.#socket ??= this.#bind();
    return this.#socket?.fd ?? null;
  }

  /** Nobody accepts: what waits is kept for as long as a conductor waits, and the port is closed then. */
  waits(): void {
    this.#timer ??= setTimeout(() => this.#close(), patienceMilliseconds).unref();
  }

  /** Somebody accepts. */
  served(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Nobody will ever serve again: the port is closed, and what waits is refused. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.served();
    this.#close();
  }

  #bind(): BoundSocket | null {
    const family = isIP(this.#host);
    const make = (net as SocketMaker)._createServerHandle;
    if (make === undefined || (family !== 4 && family !== 6)) return null;
    const socket = make(this.#host, this.#port, family);
    if (typeof socket === 'number') return null;
    const found: { port?: number } = {};
    if (socket.getsockname(found) !== 0) {
      socket.close();
      return null;
    }
    this.#port = found.port ?? this.#port;
    return socket;
  }

  #close(): void {
    this.#socket?.close();
    this.#socket = null;
  }
}

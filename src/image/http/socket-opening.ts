import type { Socket } from 'node:net';
import { TransferError } from './transfer-error.ts';

/** A connection on its way, over one socket or, through a tunnel, two. */
export interface SocketOpening {
  /** Resolves when `socket` is connected. From now on it is the one that the abort and the time limit end. */
  ready(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void>;
  /** Ends the time limit; the abort stays until the socket is closed. */
  done(): void;
  /** Ends what has been opened so far. */
  destroy(): void;
}

/** The time limit runs from now on. */
export function startOpening(signal: AbortSignal, timeoutSeconds: number): SocketOpening {
  let current: Socket | null = null;
  let expired: TransferError | null = null;
  const timer = setTimeout(() => {
    expired = new TransferError(`no connection within ${timeoutSeconds} s`, { passing: true });
    current?.destroy(expired);
  }, timeoutSeconds * 1000);
  return {
    async ready(socket, event) {
      current = socket;
      const abort = () => socket.destroy(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
      socket.once('close', () => signal.removeEventListener('abort', abort));
      // Without a listener of its own a late error of a socket that nobody reads any more would end the process.
      socket.on('error', () => undefined);
      if (signal.aborted) abort();
      if (expired) socket.destroy(expired);
      await connected(socket, event);
    },
    done: () => clearTimeout(timer),
    destroy: () => current?.destroy(),
  };
}

function connected(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('close', () => reject(new TransferError('connection closed', { passing: true })));
    socket.once('error', reject);
    socket.once(event, () => resolve());
  });
}

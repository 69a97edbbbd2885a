import type { Socket } from 'node:net';
import { authorizationOf } from './basic-authorization.ts';
import { parseResponseHead } from './response-head.ts';
import { statusError } from './response-status.ts';
import { TransferError } from './transfer-error.ts';

const maximumHeadBytes = 64 * 1024;

/**
 * Asks the proxy at the other end of `socket` for a tunnel to the host of `url` (CONNECT, RFC 9110 section 9.3.6). Afterwards
 * the socket is paused and has no listener of ours. Throws TransferError.
 */
export async function openTunnel(socket: Socket, url: URL, proxy: URL): Promise<void> {
  const target = `${url.hostname}:${url.port || 443}`;
  const authorization = authorizationOf(proxy);
  const lines = [`CONNECT ${target} HTTP/1.1`, `Host: ${target}`, 'User-Agent: ironhand'];
  if (authorization !== null) lines.push(`Proxy-Authorization: ${authorization}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  const head = parseResponseHead(await readHeadText(socket));
  if (head.status < 200 || head.status > 299) throw statusError(head, 'CONNECT was answered with ');
}

function readHeadText(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const settle = (error: Error | null) => {
      socket.off('data', received).off('error', settle).off('close', closed);
      socket.pause();
      if (error) reject(error);
      else resolve(text.slice(0, -4));
    };
    const closed = () => settle(new TransferError('connection closed instead of an answer', { passing: true }));
    const received = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      // In TLS the client speaks first: a proxy that says more than its answer is none.
      if (end >= 0 && end + 4 < text.length) settle(new TransferError('data before the tunnel', { passing: false }));
      else if (end >= 0) settle(null);
      else if (text.length > maximumHeadBytes)
        settle(new TransferError('response head is too long', { passing: false }));
    };
    socket.on('data', received).on('error', settle).on('close', closed);
  });
}

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface FileServer extends AsyncDisposable {
  readonly origin: string;
  /** Paths that were asked for, with the status that they got. */
  readonly seen: readonly string[];
}

/** Serves what is in a directory when it is asked for: what the web server beside Ironic does, from which machines boot. */
export async function createFileServer(host: string, directory: () => string): Promise<FileServer> {
  const seen: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://files');
    const file = path.join(directory(), decodeURIComponent(pathname)); // a URL has no way up any more
    const found = await stat(file).catch(() => null);
    const status = found?.isFile() ? 200 : 404;
    seen.push(`${pathname} ${status}`);
    response.writeHead(status, found?.isFile() ? { 'content-length': found.size } : {});
    if (status !== 200 || request.method === 'HEAD') response.end();
    else await pipeline(createReadStream(file), response).catch(() => undefined); // the machine was switched off
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    origin: `http://${host}:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** An answer that a real responder gave; see its README. */
export function capturedAnswer(name: 'ironic' | 'inspector'): Buffer {
  return readFileSync(path.join(import.meta.dirname, `../fixtures/mdns/${name}.bin`));
}

export interface MdnsResponderOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Makes its answers such as only somebody else would send: under another number, or from another port. */
  readonly lie?: 'number' | 'port';
}

export interface MdnsResponder {
  readonly port: number;
  /** Every question that came. */
  readonly queries: readonly Buffer[];
  close(): void;
}

/** Answers questions of multicast DNS on the loopback interface with what `answersTo` says, under the number of the question. */
export async function startMdnsResponder(
  answersTo: (query: Buffer, count: number) => readonly Buffer[],
  { port = 0, lie }: MdnsResponderOptions = {},
): Promise<MdnsResponder> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  const other = createSocket('udp4');
  const queries: Buffer[] = [];
  socket.on('message', (query, sender) => {
    queries.push(query);
    for (const answer of answersTo(query, queries.length)) {
      const numbered = Buffer.from(answer);
      if (numbered.length >= 2) query.copy(numbered, 0, 0, 2);
      if (lie === 'number') numbered[0] = (query[0] ?? 0) ^ 1;
      (lie === 'port' ? other : socket).send(numbered, sender.port, sender.address);
    }
  });
  const listening = once(socket, 'listening');
  socket.bind(port);
  await listening;
  socket.addMembership('224.0.0.251', '127.0.0.1');
  const close = (): void => {
    socket.close();
    other.close();
  };
  return { port: socket.address().port, queries, close };
}

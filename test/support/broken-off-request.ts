import { once } from 'node:events';
import { request } from 'node:http';

/** Begins a POST and breaks off in the middle of its body, when the server has seen its head; resolves when the connection is gone. */
export async function breakOffRequest(url: string): Promise<void> {
  const headers = { expect: '100-continue', 'content-length': 10 };
  const begun = request(url, { method: 'POST', headers, agent: false });
  begun.flushHeaders();
  await once(begun, 'continue');
  begun.write('half');
  begun.on('error', () => undefined); // that it is broken off is what is wanted
  await new Promise<void>((resolve) => begun.destroy().once('close', () => resolve()));
}

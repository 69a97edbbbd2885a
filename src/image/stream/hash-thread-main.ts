import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';

/** What the thread is started with: the algorithm in the words of node:crypto, and the memory it shares. */
export interface HashThreadData {
  readonly algorithm: string;
  readonly memory: ArrayBufferLike;
}

/** Bytes of the shared memory to hash next, or the wish for the digest. */
export type HashTask = { readonly offset: number; readonly length: number } | 'digest';

/** null for bytes that were hashed, the digest in hex at the end. One reply for each task, in order. */
export type HashReply = string | null;

const { algorithm, memory } = workerData as HashThreadData;
const hash = createHash(algorithm);

parentPort?.on('message', (task: HashTask) => {
  const reply: HashReply = task === 'digest' ? hash.digest('hex') : hashed(task.offset, task.length);
  parentPort?.postMessage(reply);
});

function hashed(offset: number, length: number): null {
  hash.update(new Uint8Array(memory, offset, length));
  return null;
}

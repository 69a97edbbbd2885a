import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { HashReply, HashTask, HashThreadData } from './hash-thread-main.ts';

/** A hash over the shared blocks, computed on a thread of its own: the main loop renews job locks and must never wait. */
export interface HashThread {
  /** Hashes these bytes, which must lie in the shared memory, in the order of the calls; resolves when they may change. */
  update(bytes: Uint8Array): Promise<void>;
  /** The digest in lower-case hex. */
  digest(): Promise<string>;
  close(): Promise<void>;
}

/**
 * The thread's code is a file beside this one, found by the extension of this one: `.ts` in the source tree, `.js` where
 * esbuild bundles each process into one file; there hash-thread-main must be an entry point of its own in the same folder.
 */
const entry = new URL(`./hash-thread-main${extname(import.meta.filename)}`, import.meta.url);

/** `algorithm` in the words of node:crypto. */
export function startHashThread(algorithm: string, memory: ArrayBufferLike): HashThread {
  const workerData: HashThreadData = { algorithm, memory };
  const worker = new Worker(entry, { workerData, name: 'image-hash', execArgv: [], resourceLimits: hashThreadLimits });
  const pending: PromiseWithResolvers<HashReply>[] = [];
  let failure: Error | null = null;

  function fail(error: Error): void {
    failure ??= error;
    for (const reply of pending.splice(0)) reply.reject(failure);
  }

  worker.on('message', (reply: HashReply) => pending.shift()?.resolve(reply));
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`the hash thread ended with code ${code}`)));

  function ask(task: HashTask): Promise<HashReply> {
    if (failure) return Promise.reject(failure);
    const reply = Promise.withResolvers<HashReply>();
    pending.push(reply);
    worker.postMessage(task);
    return reply.promise;
  }

  return {
    async update(bytes) {
      await ask({ offset: bytes.byteOffset, length: bytes.byteLength });
    },
    digest: async () => String(await ask('digest')),
    async close() {
      await worker.terminate();
    },
  };
}

/** The thread makes no garbage to speak of. */
const hashThreadLimits = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 };

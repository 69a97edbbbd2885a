import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ClusterReply, ClusterTask, ClusterThreadData } from './cluster-thread-main.ts';

/** Threads that expand compressed clusters, so that the main loop, which renews job locks, never waits. */
export interface ClusterThreads {
  /** Resolves when the output is there or a cluster is none; rejects when a thread died. */
  expand(task: ClusterTask): Promise<ClusterReply>;
  /** Nothing touches the memory of any task any more when it resolves. */
  close(): Promise<void>;
}

/** Found by the extension of this file, as the hash thread is: `.ts` in the source tree, `.js` or `.mjs` in a bundle. */
const entry = new URL(`./cluster-thread-main${extname(import.meta.filename)}`, import.meta.url);

/** The output of node:zlib is outside of the heap. */
const threadLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 32 };

/** Starts so many threads that expand compressed clusters; whoever does closes them. */
export function startClusterThreads(count: number, data: ClusterThreadData): ClusterThreads {
  const threads = Array.from({ length: count }, () => startThread(data));
  return {
    expand(task) {
      const [idlest] = threads.toSorted((one, other) => one.waiting() - other.waiting());
      return idlest ? idlest.ask(task) : Promise.reject(new Error('there are no threads to expand clusters'));
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}

interface Thread {
  waiting(): number;
  ask(task: ClusterTask): Promise<ClusterReply>;
  end(): Promise<void>;
}

function startThread(workerData: ClusterThreadData): Thread {
  const worker = new Worker(entry, { workerData, name: 'image-qcow2', execArgv: [], resourceLimits: threadLimits });
  const pending: PromiseWithResolvers<ClusterReply>[] = [];
  let failure: Error | null = null;

  function fail(error: Error): void {
    failure ??= error;
    for (const reply of pending.splice(0)) reply.reject(failure);
  }

  worker.on('message', (reply: ClusterReply) => pending.shift()?.resolve(reply));
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`a thread that expands clusters ended with code ${code}`)));
  return {
    waiting: () => pending.length,
    ask(task) {
      if (failure) return Promise.reject(failure);
      const reply = Promise.withResolvers<ClusterReply>();
      pending.push(reply);
      worker.postMessage(task);
      return reply.promise;
    },
    async end() {
      await worker.terminate();
    },
  };
}

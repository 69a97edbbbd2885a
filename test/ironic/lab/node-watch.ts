import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiNode, IronicApi } from './ironic-api.ts';

const everyMilliseconds = 250;

/** Asks for all nodes at once, for everybody who wants to know: each question costs the processor that is tested on. */
export class NodeWatch implements AsyncDisposable {
  readonly #api: () => IronicApi;
  readonly #nodes = new Map<string, ApiNode>();
  readonly #listeners = new Set<(node: ApiNode) => void>();
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(api: () => IronicApi) {
    this.#api = api;
    this.#ended = this.#run();
  }

  /** As it was a moment ago; null while it has not been seen. */
  current(uuid: string): ApiNode | null {
    return this.#nodes.get(uuid) ?? null;
  }

  /** Is told of every node at every look; returns what ends it. */
  onLook(listener: (node: ApiNode) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#look().catch(() => undefined); // Ironic is away: a flow may want that
      await sleep(everyMilliseconds, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    if (this.#listeners.size === 0) return;
    for (const node of await this.#api().nodes()) {
      this.#nodes.set(node.uuid, node);
      for (const listener of this.#listeners) listener(node);
    }
  }
}

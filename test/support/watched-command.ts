import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningAgent, WireCommand } from './agent.ts';

/** Looks at the command list all the time; an api that is away is no answer. */
export class WatchedCommand implements AsyncDisposable {
  /** Every state in which the command was seen, each change once; `missing` for a list without it. */
  readonly states: string[] = [];
  /** Every progress that was seen, each change once. */
  readonly progress: NonNullable<WireCommand['progress']>[] = [];
  /** How often the list was seen. */
  looks = 0;
  readonly #stop = new AbortController();
  readonly #watching: Promise<void>;

  constructor(agent: RunningAgent, id: string) {
    this.#watching = this.#watch(agent, id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  async #watch(agent: RunningAgent, id: string): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const list = await agent.list().catch(() => null);
      if (list) this.#note(list.find((command) => command.id === id));
      await sleep(50);
    }
  }

  #note(command: WireCommand | undefined): void {
    this.looks++;
    const state = command?.command_status ?? 'missing';
    if (this.states.at(-1) !== state) this.states.push(state);
    const { progress } = command ?? {};
    if (progress && JSON.stringify(this.progress.at(-1)) !== JSON.stringify(progress)) this.progress.push(progress);
  }
}

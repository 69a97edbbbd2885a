import pino, { type DestinationStream } from 'pino';
import type { AgentEvent } from '../core/agent-status.ts';

const kept = 8;

interface LogLine {
  readonly level: string;
  readonly time: string;
  readonly msg?: string;
  readonly reason?: string;
  readonly err?: { readonly message?: string };
}

/** A destination of the log that remembers the last lines in a few words; what comes to it is masked already. */
export class RecentEvents implements DestinationStream {
  readonly #next: DestinationStream;
  readonly #events: AgentEvent[] = [];
  readonly #answers: ReadonlySet<string>;
  #answer: AgentEvent | null = null;

  /** The last line with one of the messages `answers` is remembered however many others follow. */
  constructor(answers: readonly string[], next: DestinationStream = pino.destination(1)) {
    this.#answers = new Set(answers);
    this.#next = next;
  }

  /** Oldest first. */
  get all(): readonly AgentEvent[] {
    return this.#events;
  }

  get answer(): AgentEvent | null {
    return this.#answer;
  }

  write(line: string): void {
    this.#next.write(line);
    const { level, time, msg = '', reason, err } = JSON.parse(line) as LogLine;
    if (level === 'debug') return;
    const why = reason ?? err?.message;
    const event = { at: time, text: why === undefined ? msg : `${msg}: ${why}`, isBad: level !== 'info' };
    if (this.#answers.has(msg)) this.#answer = event;
    this.#events.push(event);
    if (this.#events.length > kept) this.#events.shift();
  }
}

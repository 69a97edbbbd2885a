import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';

/** Something that QEMU tells by itself, such as RESET or SHUTDOWN. */
export interface QmpEvent {
  readonly event: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

interface QmpAnswer {
  readonly id?: number;
  readonly return?: unknown;
  readonly error?: { readonly class: string; readonly desc: string };
}

type Message = QmpAnswer | QmpEvent | { readonly QMP: unknown };

/** The monitor of one QEMU: https://www.qemu.org/docs/master/interop/qmp-spec.html */
export class QmpClient {
  readonly events: QmpEvent[] = [];
  readonly #stream: Duplex;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #listeners = new Set<(event: QmpEvent) => void>();
  readonly #greeting = Promise.withResolvers<void>();
  #lastId = 0;

  private constructor(stream: Duplex) {
    this.#stream = stream;
    this.#greeting.promise.catch(() => undefined);
    const lines = createInterface({ input: stream });
    lines.on('line', (line) => this.#take(JSON.parse(line) as Message));
    lines.on('close', () => this.#end());
    for (const each of [lines, stream]) each.on('error', () => this.#end()); // the power was cut
  }

  /** Resolves when commands are taken. */
  static async connect(stream: Duplex): Promise<QmpClient> {
    const client = new QmpClient(stream);
    await client.#greeting.promise;
    await client.execute('qmp_capabilities');
    return client;
  }

  /** Throws with what QEMU says when it refuses. */
  async execute<T = unknown>(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<T> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    this.#stream.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    try {
      return (await answer.promise) as T;
    } catch (error) {
      throw new Error(`QEMU refuses ${command}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }

  /** The first event of this name that comes from now on, and for which the predicate is true. */
  async next(
    name: string,
    withinSeconds: number,
    isMeant: (event: QmpEvent) => boolean = () => true,
  ): Promise<QmpEvent> {
    const { promise, resolve, reject } = Promise.withResolvers<QmpEvent>();
    const late = setTimeout(() => reject(new Error(`${name}: not within ${withinSeconds} s`)), withinSeconds * 1000);
    const listener = (event: QmpEvent): void => {
      if (event.event === name && isMeant(event)) resolve(event);
    };
    this.#listeners.add(listener);
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      this.#listeners.delete(listener);
    }
  }

  #take(message: Message): void {
    if ('QMP' in message) this.#greeting.resolve();
    else if ('event' in message) {
      this.events.push(message);
      for (const listener of this.#listeners) listener(message);
    } else {
      const waiting = this.#waiting.get(message.id ?? 0);
      this.#waiting.delete(message.id ?? 0);
      if (message.error) waiting?.reject(new Error(message.error.desc));
      else waiting?.resolve(message.return);
    }
  }

  #end(): void {
    const ended = new Error('QEMU ended');
    this.#greeting.reject(ended);
    for (const waiting of this.#waiting.values()) waiting.reject(ended);
    this.#waiting.clear();
  }
}

import type { Progress } from '../src/core/progress.ts';
import type { AcceptedCommand } from '../src/queue/accepted-commands.ts';
import type { JobOutcome } from '../src/queue/command-queues.ts';

/** One accepted command and how it stands. */
export interface ListedCommand {
  readonly command: AcceptedCommand;
  readonly outcome: JobOutcome;
}

const largestKeptText = 1024 * 1024;

type SettledListener = (entry: ListedCommand) => void;
type RenderCommand = (entry: ListedCommand) => string;

/**
 * The command list of this boot in memory, oldest first: a view of what Redis holds, so that polling costs no Redis call and
 * is answered while Redis is away. Filled from Redis at start and kept true by events; a settled command never changes.
 */
export class CommandList {
  readonly #entries = new Map<string, ListedCommand>();
  readonly #texts = new Map<string, Buffer>();
  readonly #waiters = new Map<string, ((entry: ListedCommand) => void)[]>();
  readonly #render: RenderCommand;
  readonly #onSettled: SettledListener;
  #body: Buffer | null = null;
  #lastId: string | null = null;

  constructor(render: RenderCommand, onSettled: SettledListener) {
    this.#render = render;
    this.#onSettled = onSettled;
  }

  get(id: string): ListedCommand | undefined {
    return this.#entries.get(id);
  }

  all(): readonly ListedCommand[] {
    return [...this.#entries.values()];
  }

  /** The command accepted last decides whether the agent is busy. */
  last(): ListedCommand | undefined {
    return this.#lastId === null ? undefined : this.#entries.get(this.#lastId);
  }

  running(): readonly ListedCommand[] {
    return this.all().filter(({ outcome }) => outcome.kind === 'running');
  }

  nextSequence(): number {
    return (this.last()?.command.sequence ?? 0) + 1;
  }

  add(command: AcceptedCommand, outcome: JobOutcome = { kind: 'running', progress: null }): void {
    if (this.#entries.has(command.id)) return;
    this.#put({ command, outcome });
    this.#lastId = command.id;
  }

  remove(id: string): void {
    this.#entries.delete(id);
    this.#lastId = this.all().at(-1)?.command.id ?? null;
    this.#changed(id);
  }

  progress(id: string, progress: Progress): void {
    const entry = this.#entries.get(id);
    if (entry?.outcome.kind === 'running')
      this.#put({ command: entry.command, outcome: { kind: 'running', progress } });
  }

  /** Takes over how a job stands, whatever that is. */
  update(id: string, outcome: JobOutcome): void {
    if (outcome.kind !== 'running') this.settle(id, outcome);
    else if (outcome.progress) this.progress(id, outcome.progress);
  }

  /** The end of a command; only the first one counts. */
  settle(id: string, outcome: JobOutcome): void {
    const entry = this.#entries.get(id);
    if (entry?.outcome.kind !== 'running' || outcome.kind === 'running') return;
    const settled = { command: entry.command, outcome };
    this.#put(settled);
    for (const resolve of this.#waiters.get(id) ?? []) resolve(settled);
    this.#waiters.delete(id);
    this.#onSettled(settled);
  }

  /** Resolves when the command has ended; at once when it has already. */
  settled(id: string): Promise<ListedCommand> {
    const entry = this.#entries.get(id);
    if (entry && entry.outcome.kind !== 'running') return Promise.resolve(entry);
    return new Promise((resolve) => {
      this.#waiters.set(id, [...(this.#waiters.get(id) ?? []), resolve]);
    });
  }

  /** JSON of one command. */
  text(entry: ListedCommand): Buffer {
    const { id } = entry.command;
    const known = this.#texts.get(id);
    if (known !== undefined) return known;
    const text = Buffer.from(this.#render(entry));
    // A large result (collected logs) lies in a file and is read again when it is asked for.
    if (text.length <= largestKeptText) this.#texts.set(id, text);
    return text;
  }

  /** JSON of the whole list, kept until something changes. */
  body(): Buffer {
    this.#body ??= Buffer.concat([
      Buffer.from('{"commands": ['),
      ...this.all().flatMap((entry, index) => [Buffer.from(index > 0 ? ', ' : ''), this.text(entry)]),
      Buffer.from(']}'),
    ]);
    return this.#body;
  }

  #put(entry: ListedCommand): void {
    this.#entries.set(entry.command.id, entry);
    this.#changed(entry.command.id);
  }

  #changed(id: string): void {
    this.#texts.delete(id);
    this.#body = null;
  }
}

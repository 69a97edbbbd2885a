import { randomUUID } from 'node:crypto';
import type { QueueName } from '../src/core/queue-name.ts';
import { AgentIsBusyError, QueueUnavailableError } from '../src/errors/catalogue.ts';
import { errorText } from '../src/errors/guards.ts';
import { isSecret } from '../src/log/redact.ts';
import type { AcceptedCommand, AcceptedCommands } from '../src/queue/accepted-commands.ts';
import type { CommandQueues } from '../src/queue/command-queues.ts';
import type { JobSigner } from '../src/queue/job-data.ts';
import { extractSecrets, type SecretStore } from '../src/queue/secret-store.ts';
import type { CommandList, ListedCommand } from './command-list.ts';
import { type CommandRequest, requestedStep } from './command-request.ts';
import { Serial } from './serial.ts';

export interface EnqueueDeps {
  readonly list: CommandList;
  readonly accepted: AcceptedCommands;
  readonly queues: CommandQueues;
  readonly signer: JobSigner;
  readonly secrets: SecretStore;
  /** The queue of a step, by its name; undefined for one that no worker knows. */
  readonly stepQueue: (step: string) => Promise<QueueName | undefined>;
}

/**
 * Accepts commands: one at a time on the conductor-facing path. A command is on record and in its queue before the answer is
 * given; a synchronous one is answered when it has ended, and others wait meanwhile.
 */
export class Enqueuer {
  readonly #deps: EnqueueDeps;
  readonly #serial = new Serial();
  #accepting: string | null = null;

  constructor(deps: EnqueueDeps) {
    this.#deps = deps;
  }

  /** Throws AgentIsBusyError while the last command runs, QueueUnavailableError while Redis is away. */
  enqueue(request: CommandRequest): Promise<ListedCommand> {
    return this.#serial.run(async () => {
      this.#refuseWhenBusy();
      const command = await this.#accept(request);
      if (command.mode === 'sync') return await this.#deps.list.settled(command.id);
      return this.#listed(command);
    });
  }

  /** True from the record of a command until its job is in the queue. */
  isAccepting(id: string): boolean {
    return this.#accepting === id;
  }

  #refuseWhenBusy(): void {
    const last = this.#deps.list.last();
    if (last?.outcome.kind !== 'running') return;
    const { name } = last.command;
    throw new AgentIsBusyError(`executing command ${name.slice(name.indexOf('.') + 1)}`);
  }

  async #accept(request: CommandRequest): Promise<AcceptedCommand> {
    const { list, accepted, queues, signer, secrets } = this.#deps;
    const id = randomUUID();
    this.#accepting = id;
    const extracted = extractSecrets(request.params, isSecret);
    try {
      const command = await this.#describe(id, request);
      secrets.save(id, extracted.secrets);
      await accepted.add(command);
      const data = { command: command.name, params: extracted.params, acceptedAt: new Date().toISOString() };
      // Listed before it is queued: its end may be told before `add` has returned.
      list.add(command);
      await queues.add(command.queue, id, signer.sign(command.queue, id, data));
      return command;
    } catch (error) {
      list.remove(id);
      secrets.wipe(id);
      throw new QueueUnavailableError(`the command was not accepted: ${errorText(error)}`, { cause: error });
    } finally {
      this.#accepting = null;
    }
  }

  async #describe(id: string, request: CommandRequest): Promise<AcceptedCommand> {
    const { command } = request;
    const step = requestedStep(request);
    const { handling } = command;
    const queue = handling.kind === 'fixed' ? handling.queue : await this.#deps.stepQueue(step?.step ?? '');
    return {
      id,
      name: command.name,
      mode: command.mode,
      queue: queue ?? 'system',
      sequence: this.#deps.list.nextSequence(),
      label: step?.step ?? command.name.slice(command.name.indexOf('.') + 1),
    };
  }

  #listed(command: AcceptedCommand): ListedCommand {
    return this.#deps.list.get(command.id) ?? { command, outcome: { kind: 'running', progress: null } };
  }
}

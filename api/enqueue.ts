import { randomUUID } from 'node:crypto';
import { uptime } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueName } from '../src/core/queue-name.ts';
import type { AgentError } from '../src/errors/agent-error.ts';
import { AgentIsBusyError, NoTurnError, QueueUnavailableError } from '../src/errors/catalogue.ts';
import { errorText } from '../src/errors/guards.ts';
import { isSecret } from '../src/log/redact.ts';
import type { AcceptedCommand, AcceptedCommands, AcceptedRequest } from '../src/queue/accepted-commands.ts';
import type { CommandQueues } from '../src/queue/command-queues.ts';
import type { JobSigner } from '../src/queue/job-data.ts';
import { extractSecrets, type SecretStore } from '../src/queue/secret-store.ts';
import type { CommandList, ListedCommand } from './command-list.ts';
import { type CommandRequest, requestedStep } from './command-request.ts';
import { inTime, NoAnswerInTimeError } from './in-time.ts';
import { isSentAgain } from './sent-again.ts';
import { Serial } from './serial.ts';

export interface EnqueueDeps {
  readonly list: CommandList;
  readonly accepted: Pick<AcceptedCommands, 'add' | 'remove'>;
  readonly queues: Pick<CommandQueues, 'add'>;
  readonly signer: Pick<JobSigner, 'sign' | 'digest'>;
  readonly secrets: Pick<SecretStore, 'save' | 'wipe'>;
  /** False while there is no connection to Redis. */
  readonly isQueueThere: () => boolean;
  /** Compares the running commands with their jobs, as soon as Redis answers. */
  readonly findOut: () => void;
  /** False until every group of workers has said which steps it has. */
  readonly areStepsKnown: () => Promise<boolean>;
  /** The queue of a step, by its name; undefined for one that no worker knows. */
  readonly stepQueue: (step: string) => Promise<QueueName | undefined>;
}

/** How long a request waits for the command that runs before it: less than the 60 s that a conductor waits. */
const patienceMilliseconds = 55_000;

const lookMilliseconds = 100;

/**
 * Accepts commands: one at a time on the conductor-facing path. A command is on record and in its queue before the answer is
 * given; a synchronous one is answered when it has ended, and others wait meanwhile. One that is sent again is not run again.
 */
export class Enqueuer {
  readonly #deps: EnqueueDeps;
  readonly #serial = new Serial();
  readonly #patience: number;
  #accepting: string | null = null;

  constructor(deps: EnqueueDeps, patience = patienceMilliseconds) {
    this.#deps = deps;
    this.#patience = patience;
  }

  /**
   * Throws AgentIsBusyError while the last command runs (for the kind that must not be told so: NoTurnError, when it runs too
   * long), QueueUnavailableError while Redis is away, and where the workers do not come. Nothing is accepted for a client that has
   * hung up before its turn (`isGone`): it has given up, and nobody waits for what would run.
   */
  async enqueue(request: CommandRequest, isGone: () => boolean = () => false): Promise<ListedCommand> {
    const deadline = performance.now() + this.#patience;
    const digest = this.#deps.signer.digest(request.command.name, request.params);
    if (request.command.handling.kind !== 'fixed') await this.#stepsKnown(deadline);
    for (;;) {
      const command = await this.#serial.run(async () => {
        if (isGone()) throw new AgentIsBusyError('the client has hung up; nothing was accepted');
        const asked = { digest, uptimeSeconds: uptime() };
        const last = this.#deps.list.last();
        if (last && isSentAgain(request.command, asked, last)) return last.command;
        this.#refuseWhenAway();
        if (this.#inFrontOf(request)) return null;
        this.#refuseWhenBusy();
        return await this.#accept(request, asked);
      });
      if (command) return command.mode === 'sync' ? await this.#deps.list.settled(command.id) : this.#listed(command);
      await this.#endInFrontOf(request, deadline);
    }
  }

  /**
   * The workers say into which queue a step goes, and the first heartbeat does not wait for them: a conductor that goes on after a
   * restart of the machine sends a step at once. Without Redis nothing is waited for, the refusal has its own place.
   */
  async #stepsKnown(deadline: number): Promise<void> {
    const { areStepsKnown, isQueueThere } = this.#deps;
    try {
      while (isQueueThere() && !(await areStepsKnown())) {
        if (performance.now() > deadline) throw new Error('the workers have not said yet which steps there are');
        await sleep(lookMilliseconds);
      }
    } catch (error) {
      throw notAccepted(error);
    }
  }

  /** The running command that this one waits for; null where its turn is now, or where it has to be refused. */
  #inFrontOf({ command }: CommandRequest): ListedCommand | null {
    const last = this.#deps.list.last();
    if (last?.outcome.kind !== 'running') return null;
    return last.command.mode === 'sync' || command.whenBusy === 'wait' ? last : null;
  }

  /** Resolves when the command in front has ended; throws when that takes too long. */
  async #endInFrontOf(request: CommandRequest, deadline: number): Promise<void> {
    const running = this.#inFrontOf(request);
    if (!running) return;
    const timeout = new AbortController();
    const left = Math.max(0, deadline - performance.now());
    const late = sleep(left, true, { signal: timeout.signal }).catch(() => false);
    const isLate = await Promise.race([this.#deps.list.settled(running.command.id).then(() => false), late]);
    timeout.abort();
    if (!isLate) return;
    if (request.command.whenBusy === 'wait') {
      throw new NoTurnError(`${request.command.name} waited for ${running.command.label}, which still runs`);
    }
    this.#refuseWhenBusy();
  }

  /** True from the record of a command until its job is in the queue. */
  isAccepting(id: string): boolean {
    return this.#accepting === id;
  }

  #refuseWhenAway(): void {
    if (!this.#deps.isQueueThere()) throw new QueueUnavailableError('the command was not accepted: redis is away');
  }

  #refuseWhenBusy(): void {
    const last = this.#deps.list.last();
    if (last?.outcome.kind !== 'running') return;
    const { name } = last.command;
    throw new AgentIsBusyError(`executing command ${name.slice(name.indexOf('.') + 1)}`);
  }

  async #accept(request: CommandRequest, asked: AcceptedRequest): Promise<AcceptedCommand> {
    const { secrets, list } = this.#deps;
    const id = randomUUID();
    this.#accepting = id;
    const { params, secrets: taken } = extractSecrets(request.params, isSecret);
    try {
      const command = { ...(await inTime(this.#describe(id, request))), asked };
      secrets.save(id, taken);
      await this.#record(command);
      await this.#queue(command, params);
      return command;
    } catch (error) {
      list.remove(id);
      secrets.wipe(id);
      throw notAccepted(error);
    } finally {
      this.#accepting = null;
    }
  }

  /** Puts the command on record. A record that is written after we have given up is taken back: without a job it says nothing. */
  async #record(command: AcceptedCommand): Promise<void> {
    const { accepted } = this.#deps;
    const written = accepted.add(command);
    try {
      await inTime(written);
    } catch (error) {
      written.then(() => accepted.remove(command.id)).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Puts the job into its queue. When Redis dies or gets stuck just then, nobody knows whether the job is there: the command
   * then counts as accepted and runs or, when Redis is back and has no such job, fails. To say 503 would be to run it unseen.
   */
  async #queue(command: AcceptedCommand, params: Readonly<Record<string, unknown>>): Promise<void> {
    const { accepted, list, queues, signer, isQueueThere, findOut } = this.#deps;
    const data = { command: command.name, params, acceptedAt: new Date().toISOString() };
    if (!isQueueThere()) throw new Error('redis is away');
    // Listed before it is queued: its end may be told before `add` has returned.
    list.add(command);
    try {
      await inTime(queues.add(command.queue, command.id, signer.sign(command.queue, command.id, data)));
    } catch (error) {
      const isRefused = isQueueThere() && !(error instanceof NoAnswerInTimeError);
      if (isRefused) {
        accepted.remove(command.id).catch(() => undefined); // else the next start takes it back
        throw error;
      }
      this.#accepting = null;
      findOut();
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

function notAccepted(cause: unknown): AgentError {
  return new QueueUnavailableError(`the command was not accepted: ${errorText(cause)}`, { cause });
}

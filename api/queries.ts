import { randomUUID } from 'node:crypto';
import type { AnyCommand } from '../src/core/command.ts';
import type { QueueName } from '../src/core/queue-name.ts';
import type { AgentError } from '../src/errors/agent-error.ts';
import {
  AgentIsBusyError,
  CommandExecutionError,
  errorCatalogue,
  QueryTimeoutError,
  QueueUnavailableError,
} from '../src/errors/catalogue.ts';
import { errorText } from '../src/errors/guards.ts';
import { isSecret } from '../src/log/redact.ts';
import type { Cancellations } from '../src/queue/cancellations.ts';
import type { CommandQueues, JobOutcome } from '../src/queue/command-queues.ts';
import type { JobSigner } from '../src/queue/job-data.ts';
import type { JobOwners } from '../src/queue/job-owner.ts';
import { extractSecrets, type SecretStore } from '../src/queue/secret-store.ts';
import { parseCommandRequest } from './command-request.ts';
import { inTime } from './in-time.ts';

export interface QueriesDeps {
  readonly catalogue: ReadonlyMap<string, AnyCommand>;
  readonly queues: Pick<CommandQueues, 'addPassing' | 'takeBack'>;
  readonly signer: Pick<JobSigner, 'sign'>;
  readonly secrets: Pick<SecretStore, 'save' | 'wipe'>;
  readonly owners: Pick<JobOwners, 'forget'>;
  readonly cancellations: Pick<Cancellations, 'request'>;
  /** The result of a job as it is, where it is large from its file, which is removed. */
  readonly takeResult: (id: string, result: unknown) => unknown;
  /** False while there is no connection to Redis. */
  readonly isQueueThere: () => boolean;
}

/** How long somebody waits for an answer unless he says it: as long as a conductor does. */
const usualPatienceMilliseconds = 60_000;

/** The queue has four places, and a conductor that asks for the inventory must find one. */
const mostAtOnce = 2;

/**
 * Asks workers what the api cannot find out itself: a signed job that nobody lists, as it is no command. It is answered while a
 * command runs, its end is told by the events of its queue, and it is gone when it has ended.
 */
export class Queries {
  readonly #deps: QueriesDeps;
  readonly #patience: number;
  readonly #waiting = new Map<string, (outcome: JobOutcome) => void>();

  constructor(deps: QueriesDeps, patience = usualPatienceMilliseconds) {
    this.#deps = deps;
    this.#patience = patience;
  }

  /**
   * The answer. Throws InvalidCommandParamsError, AgentIsBusyError where too many ask, QueueUnavailableError while Redis is away,
   * QueryTimeoutError where no worker answers in time, and what the worker found.
   */
  async ask(name: string, params: unknown, patienceMilliseconds = this.#patience): Promise<unknown> {
    const { isQueueThere, takeResult } = this.#deps;
    const request = parseCommandRequest({ name, params }, this.#deps.catalogue);
    if (!isQueueThere()) throw new QueueUnavailableError('the question was not asked: redis is away');
    if (this.#waiting.size >= mostAtOnce) throw new AgentIsBusyError(`${mostAtOnce} such questions are being answered`);
    const id = `query-${randomUUID()}`;
    const outcome = await this.#outcomeOf(id, request.command, request.params, patienceMilliseconds);
    if (outcome.kind === 'failed') throw errorOf(outcome);
    return outcome.kind === 'succeeded' ? takeResult(id, outcome.result) : null;
  }

  /** Told of every job that has ended. */
  settled(id: string, outcome: JobOutcome): void {
    this.#waiting.get(id)?.(outcome);
  }

  async #outcomeOf(
    id: string,
    query: AnyCommand,
    asked: Readonly<Record<string, unknown>>,
    patience: number,
  ): Promise<JobOutcome> {
    const { secrets, owners } = this.#deps;
    const { params, secrets: taken } = extractSecrets(asked, isSecret);
    const outcome = Promise.withResolvers<JobOutcome>();
    const late = Promise.withResolvers<never>();
    this.#waiting.set(id, outcome.resolve);
    const timer = setTimeout(() => late.reject(this.#tooLate(query.name, patience)), patience);
    try {
      secrets.save(id, taken);
      await this.#queue(id, query, params);
      return await Promise.race([outcome.promise, late.promise]);
    } catch (error) {
      this.#giveUp(id, queueOf(query));
      throw error;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
      secrets.wipe(id);
      owners.forget(id).catch(() => undefined); // it says nothing of a job that is gone
    }
  }

  async #queue(id: string, query: AnyCommand, params: Readonly<Record<string, unknown>>): Promise<void> {
    const { queues, signer } = this.#deps;
    const queue = queueOf(query);
    const data = { command: query.name, params, acceptedAt: new Date().toISOString() };
    try {
      await inTime(queues.addPassing(queue, id, signer.sign(queue, id, data)));
    } catch (error) {
      throw new QueueUnavailableError(`the question was not asked: ${errorText(error)}`, { cause: error });
    }
  }

  #tooLate(name: string, patience: number): AgentError {
    const seconds = Math.round(patience / 1000);
    return this.#deps.isQueueThere()
      ? new QueryTimeoutError(`${name}: no answer within ${seconds} s`)
      : new QueueUnavailableError(`${name}: no answer within ${seconds} s; redis is away`);
  }

  /** Nobody waits any more: it is not begun, or comes to an end. As far as Redis is there to hear it. */
  #giveUp(id: string, queue: QueueName): void {
    const { cancellations, queues } = this.#deps;
    cancellations
      .request(id)
      .then(() => queues.takeBack(queue, id))
      .catch(() => undefined);
  }
}

function queueOf({ handling }: AnyCommand): QueueName {
  return handling.kind === 'fixed' ? handling.queue : 'system';
}

function errorOf({ error }: Extract<JobOutcome, { readonly kind: 'failed' }>): AgentError {
  const errorClass = errorCatalogue.get(error.type) ?? CommandExecutionError;
  return new errorClass(error.details);
}

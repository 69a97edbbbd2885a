import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { commandCatalogue } from '../src/commands/catalogue.ts';
import { asciiJson } from '../src/core/ascii-json.ts';
import type { Config } from '../src/core/config.ts';
import type { IronicNode } from '../src/core/ironic-node.ts';
import { type QueueName, type WorkerGroup, workerGroups } from '../src/core/queue-name.ts';
import { CommandCancelledError, InterruptedError, QueueUnavailableError } from '../src/errors/catalogue.ts';
import { errorText } from '../src/errors/guards.ts';
import { type LookupConfig, lookupSettings } from '../src/ironic/lookup-answer.ts';
import { queryCatalogue } from '../src/queries/catalogue.ts';
import { AcceptedCommands } from '../src/queue/accepted-commands.ts';
import { Cancellations } from '../src/queue/cancellations.ts';
import { CommandQueues } from '../src/queue/command-queues.ts';
import { connectRedis } from '../src/queue/connection.ts';
import { createAgentState } from '../src/queue/facts.ts';
import { JobSigner } from '../src/queue/job-data.ts';
import { JobOwners } from '../src/queue/job-owner.ts';
import { type Keys, keysOf } from '../src/queue/keys.ts';
import { readManagerReports } from '../src/queue/manager-report.ts';
import { QueueWatch } from '../src/queue/queue-watch.ts';
import { SecretStore } from '../src/queue/secret-store.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import { takeResult } from '../src/queue/stored-result.ts';
import { presentGroups } from '../src/queue/worker-presence.ts';
import { Canceller } from './cancel.ts';
import { CommandList, type ListedCommand } from './command-list.ts';
import { Enqueuer } from './enqueue.ts';
import { inTime } from './in-time.ts';
import type { InterruptedStep } from './interrupted-boot.ts';
import { presentCommand } from './present.ts';
import { Queries } from './queries.ts';
import { catchUp, type EndWaitingDeps, endWaiting, listInterrupted, readList } from './recover.ts';

const readAgainMilliseconds = 500;

/** The api's side of the queue: list, acceptance, logs; it follows Redis through its absences. */
export class CommandService {
  readonly list: CommandList;
  readonly queues: CommandQueues;
  readonly enqueuer: Enqueuer;
  readonly canceller: Canceller;
  readonly queries: Queries;
  readonly #redis: Redis;
  readonly #keys: Keys;
  readonly #watch: QueueWatch;
  readonly #accepted: AcceptedCommands;
  readonly #cancellations: Cancellations;
  readonly #ending: EndWaitingDeps;
  readonly #secrets: SecretStore;
  readonly #logger: Logger;
  readonly #complete = Promise.withResolvers<void>();
  #isComplete = false;
  #knowsSteps = false;
  #recovery: Promise<void> = Promise.resolve();

  /** `onSettled` is told of every command that ends while this process looks on. */
  constructor(config: Config, state: StateDir, logger: Logger, onSettled: (entry: ListedCommand) => void) {
    const keys = keysOf(state.bootId);
    this.#keys = keys;
    this.#logger = logger;
    this.#redis = connectRedis(state, config.redisSocket, 'fail-fast');
    this.#redis.on('error', (error: Error) => logger.debug({ err: error }, 'redis'));
    this.#redis.on('ready', () => void this.#recover());
    this.#redis.on('close', () => logger.warn('redis is away'));
    this.#secrets = new SecretStore(state);
    this.#accepted = new AcceptedCommands(this.#redis, keys);
    this.queues = new CommandQueues(this.#redis, keys);
    this.list = new CommandList(
      ({ command, outcome }) => asciiJson(presentCommand(command, outcome, state)),
      (entry) => {
        this.#wipeSecrets(entry.command.id);
        onSettled(entry);
      },
    );
    this.#watch = new QueueWatch(state, config.redisSocket, keys, {
      onProgress: (_queue, id, progress) => this.list.progress(id, progress),
      onSettled: (_queue, id, outcome) => {
        this.list.settle(id, outcome);
        this.queries.settled(id, outcome);
      },
    });
    const isQueueThere = (): boolean => this.#redis.status === 'ready';
    const findOut = (): void => void this.#recover();
    const signer = new JobSigner(state);
    const owners = new JobOwners(this.#redis, keys);
    this.enqueuer = new Enqueuer({
      list: this.list,
      accepted: this.#accepted,
      queues: this.queues,
      signer,
      secrets: this.#secrets,
      isQueueThere,
      findOut,
      areStepsKnown: async () => await this.#areStepsKnown(),
      stepQueue: async (step) => await this.#stepQueue(step),
    });
    this.#cancellations = new Cancellations(this.#redis, keys);
    this.#ending = { list: this.list, accepted: this.#accepted, queues: this.queues };
    this.canceller = new Canceller({
      ...this.#ending,
      catalogue: commandCatalogue,
      owners,
      cancellations: this.#cancellations,
      isQueueThere,
      findOut,
      isAbortableStep: async (step) => await this.#isAbortableStep(step),
    });
    this.queries = new Queries({
      catalogue: queryCatalogue,
      queues: this.queues,
      signer,
      secrets: this.#secrets,
      owners,
      cancellations: this.#cancellations,
      takeResult: (id, result) => takeResult(state, id, result),
      isQueueThere,
    });
  }

  /** False until all commands of this boot have been read. */
  get isListComplete(): boolean {
    return this.#isComplete;
  }

  /** Resolves when the list is complete and its events are followed. */
  async ready(): Promise<void> {
    await this.#watch.ready();
    await this.#complete.promise;
    // A command may have ended after the list was read and before its events were followed.
    await this.#recover();
  }

  /** Makes known to the workers what the lookup told; a node that a command has brought since is newer. */
  async rememberLookup(node: IronicNode, decided: LookupConfig): Promise<void> {
    const facts = createAgentState(this.#redis, this.#keys);
    if ((await facts.read('node')) === null) await facts.write('node', node);
    await facts.write('lookupSettings', lookupSettings(decided));
  }

  /**
   * Lists a step that the restart of the machine cut off, however long Redis is away: to be called when the workers have said which steps
   * there are, and before a conductor looks.
   */
  async tellInterrupted(step: InterruptedStep): Promise<void> {
    for (;;) {
      try {
        await listInterrupted(step, await this.#stepQueue(step.step), this.#ending);
        return;
      } catch (error) {
        this.#logger.warn({ err: error }, 'an interrupted step could not be listed; trying again');
        await sleep(readAgainMilliseconds);
      }
    }
  }

  /** The groups of workers that announce themselves. */
  presentWorkers(): Promise<readonly WorkerGroup[]> {
    return presentGroups(this.#redis, this.#keys);
  }

  /** Ends the commands that wait for workers which do not come back: they would run for ever. */
  async endUnserved(group: WorkerGroup, seconds: number): Promise<void> {
    const queues: readonly QueueName[] = workerGroups[group];
    const why = `no ${group} worker for ${seconds} s; whatever it had begun is not finished`;
    for (const { command } of this.list.running()) {
      if (!queues.includes(command.queue)) continue;
      const isCancelled = await this.#cancellations.isRequested(command.id);
      const error = new (isCancelled ? CommandCancelledError : InterruptedError)(why);
      if (await endWaiting(command, error.toWire(), this.#ending)) {
        this.#logger.error({ command_id: command.id, group, seconds }, 'command ended: its worker does not come back');
      }
    }
  }

  /** Throws QueueUnavailableError while Redis is away. */
  async readLog({ command }: ListedCommand): Promise<readonly string[]> {
    try {
      return await inTime(this.queues.log(command.queue, command.id));
    } catch (error) {
      throw new QueueUnavailableError(`the log was not read: ${errorText(error)}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#watch.close();
    await this.queues.close();
    this.#redis.disconnect();
  }

  #recover(): Promise<void> {
    this.#recovery = this.#recovery
      .then(() =>
        this.#isComplete
          ? catchUp(this.list, this.#accepted, this.queues, (id) => this.enqueuer.isAccepting(id))
          : this.#readFirst(),
      )
      .then(
        () => {
          this.#isComplete = true;
          this.#complete.resolve();
          this.#logger.info({ commands: this.list.all().length }, 'command list read');
        },
        (error: unknown) => {
          this.#logger.warn({ err: error }, 'command list not read; trying again');
          // A connection that was lost comes back with a `ready` of its own; a Redis that is stuck does not.
          setTimeout(() => {
            if (this.#redis.status === 'ready') void this.#recover();
          }, readAgainMilliseconds).unref();
        },
      );
    return this.#recovery;
  }

  async #readFirst(): Promise<void> {
    await readList(this.list, this.#accepted, this.queues);
    this.#secrets.sweep((id) => this.list.get(id)?.outcome.kind === 'running');
  }

  /** What is told by an event must not throw: the stream of events would end with it. */
  #wipeSecrets(id: string): void {
    try {
      this.#secrets.wipe(id);
    } catch (error) {
      this.#logger.error({ err: error, command_id: id }, 'the secrets of an ended command could not be wiped');
    }
  }

  /** Said once, it stays so: what a worker publishes it publishes again whenever Redis comes back. */
  async #areStepsKnown(): Promise<boolean> {
    if (this.#knowsSteps) return true;
    const reports = await inTime(readManagerReports(this.#redis, this.#keys));
    this.#knowsSteps = reports.length === Object.keys(workerGroups).length;
    return this.#knowsSteps;
  }

  async #isAbortableStep(step: string): Promise<boolean> {
    const reports = await readManagerReports(this.#redis, this.#keys);
    return reports.every(({ unabortableSteps }) => !unabortableSteps.includes(step));
  }

  async #stepQueue(step: string): Promise<QueueName | undefined> {
    const reports = await readManagerReports(this.#redis, this.#keys);
    return reports.map(({ stepQueues }) => stepQueues[step]).find((queue) => queue !== undefined);
  }
}

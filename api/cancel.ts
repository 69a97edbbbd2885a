import type { AnyCommand } from '../src/core/command.ts';
import { CommandCancelledError, CommandNotCancellableError, QueueUnavailableError } from '../src/errors/catalogue.ts';
import { errorText } from '../src/errors/guards.ts';
import type { AcceptedCommand } from '../src/queue/accepted-commands.ts';
import type { Cancellations } from '../src/queue/cancellations.ts';
import type { JobOwners } from '../src/queue/job-owner.ts';
import type { ListedCommand } from './command-list.ts';
import { inTime } from './in-time.ts';
import { type EndWaitingDeps, endWaiting } from './recover.ts';

export interface CancelDeps extends EndWaitingDeps {
  readonly catalogue: ReadonlyMap<string, AnyCommand>;
  readonly owners: Pick<JobOwners, 'of'>;
  readonly cancellations: Pick<Cancellations, 'request'>;
  /** False while there is no connection to Redis. */
  readonly isQueueThere: () => boolean;
  /** Compares the running commands with their jobs, as soon as Redis answers. */
  readonly findOut: () => void;
  /** Whether a step can be cancelled, by its name; true for one that no worker knows, which fails by itself. */
  readonly isAbortableStep: (step: string) => Promise<boolean>;
}

/**
 * Cancels commands. One that no worker has begun ends at once; a running one ends when what it does has come to an end, which may
 * take long (a drive cannot be told to stop its sanitize), and shows as RUNNING until then.
 */
export class Canceller {
  readonly #deps: CancelDeps;

  constructor(deps: CancelDeps) {
    this.#deps = deps;
  }

  /**
   * The command as it stands then; to cancel it again changes nothing. Throws CommandNotCancellableError for one that has ended
   * or that cannot be cancelled, QueueUnavailableError while Redis is away.
   */
  async cancel({ command, outcome }: ListedCommand): Promise<ListedCommand> {
    const { list, cancellations, isQueueThere } = this.#deps;
    if (outcome.kind !== 'running') throw new CommandNotCancellableError(`${command.label} has ended`);
    if (!isQueueThere()) throw new QueueUnavailableError('the command was not cancelled: redis is away');
    try {
      await this.#refuseUnabortable(command);
      await inTime(cancellations.request(command.id));
    } catch (error) {
      if (error instanceof CommandNotCancellableError) throw error;
      const why = `it is not known whether the command was cancelled: ${errorText(error)}`;
      throw new QueueUnavailableError(why, { cause: error });
    }
    await this.#endUnbegun(command);
    return list.get(command.id) ?? { command, outcome };
  }

  async #refuseUnabortable({ name, label }: AcceptedCommand): Promise<void> {
    const command = this.#deps.catalogue.get(name);
    const isStep = command?.handling.kind === 'as-step';
    const isAbortable = command?.abortable && (!isStep || (await inTime(this.#deps.isAbortableStep(label))));
    if (!isAbortable) throw new CommandNotCancellableError(`${label} cannot be interrupted; it goes on`);
  }

  /**
   * Ends a command that waits in its queue. It is cancelled whatever becomes of this: a worker that has taken it meanwhile sees the
   * mark. One that was begun is left to the workers, since only they can tell whether its process still lives.
   */
  async #endUnbegun(command: AcceptedCommand): Promise<void> {
    const error = new CommandCancelledError('it had not begun; nothing was done').toWire();
    try {
      if ((await inTime(this.#deps.owners.of(command.id))) === null) {
        await inTime(endWaiting(command, error, this.#deps));
      }
    } catch {
      this.#deps.findOut();
    }
  }
}

import type { Logger } from 'pino';
import type { AnyCommand } from '../src/core/command.ts';
import { errorText } from '../src/errors/guards.ts';
import { writeRootOnly } from '../src/queue/root-only-file.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import type { ListedCommand } from './command-list.ts';
import type { IdentityStore } from './identity.ts';
import { tellOperator } from './tell-operator.ts';
import { forgetCertificate } from './tls-store.ts';

export interface ServiceEndDeps {
  readonly catalogue: ReadonlyMap<string, AnyCommand>;
  readonly identity: Pick<IdentityStore, 'current' | 'update' | 'forgetCredentials'>;
  readonly state: Pick<StateDir, 'serviceEnd' | 'tls'>;
  readonly logger: Logger;
}

/**
 * Whether this agent still serves. It ends with the success of a command such as system.lockdown: from then on, and whatever is
 * started again, nobody is answered in this boot and no heartbeat is sent. The process stays, so that nothing starts a new one.
 */
export class ServiceEnd {
  readonly #deps: ServiceEndDeps;
  readonly #begun = Promise.withResolvers<void>();
  #command: string | null;

  constructor(deps: ServiceEndDeps) {
    this.#deps = deps;
    this.#command = deps.identity.current.serviceEndedBy ?? null;
    if (this.#command !== null) this.#begun.resolve();
  }

  /** The command that ended it; null while the agent serves. */
  get command(): string | null {
    return this.#command;
  }

  /** Resolves when such a command has succeeded. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** Told of every command that has ended, before it is answered; it is on record then, so that no restart forgets it. */
  settled({ command: { name }, outcome }: ListedCommand): void {
    const { catalogue, identity, logger } = this.#deps;
    const ends = outcome.kind === 'succeeded' && catalogue.get(name)?.afterService !== undefined;
    if (!ends || this.#command !== null) return;
    this.#command = name;
    try {
      identity.update({ serviceEndedBy: name });
    } catch (error) {
      // It is in the list of commands as well, where the next start finds it.
      logger.error({ reason: errorText(error) }, 'the end of the service could not be put on record');
    }
    this.#begun.resolve();
  }

  /**
   * To be called when nothing listens any more: forgets token and key, which the next owner of the machine must not find, and tells the
   * workers, who do what is left to do.
   */
  completed(): void {
    const { identity, state, logger } = this.#deps;
    if (this.#command === null) return;
    this.#forget('the agent token', () => identity.forgetCredentials());
    this.#forget('the TLS key', () => forgetCertificate(state.tls));
    logger.warn({ command: this.#command }, 'the service of this agent has ended for this boot');
    writeRootOnly(state.serviceEnd, this.#command);
  }

  /** The service has ended in any case; what stays behind is the business of the person at the machine. */
  #forget(what: string, forget: () => void): void {
    try {
      forget();
    } catch (error) {
      const reason = errorText(error);
      this.#deps.logger.error({ reason }, `${what} could not be removed`);
      tellOperator(
        `${what} of this boot could not be removed (${reason}): power the machine off before somebody else gets it.`,
      );
    }
  }
}

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { LookupConfig } from '../src/ironic/lookup-answer.ts';
import type { StateDir } from '../src/queue/state-dir.ts';

/**
 * What the agent is known by in this boot. Ironic gives the token once and refuses a changed callback URL, so a restart of
 * the api must not lose any of it.
 */
export interface Identity {
  readonly token?: string;
  readonly nodeUuid?: string;
  /** What the lookup told besides the token. */
  readonly lookupConfig?: LookupConfig;
  readonly ironicApiVersion?: string;
  readonly advertisedAddress?: string;
  /** The port that was taken when any would do. */
  readonly port?: number;
  /** A GET with a token was seen: the conductor is new enough to be asked for it always. */
  readonly tokenSeenOnGet?: boolean;
  /** Seconds since the epoch, of the first start in this boot. */
  readonly startedAt?: number;
}

/** The identity, root-only on disk, gone with the boot (see prepareStateDir). */
export class IdentityStore {
  readonly #file: string;
  #identity: Identity;

  constructor(state: StateDir) {
    this.#file = state.identity;
    this.#identity = existsSync(this.#file) ? (JSON.parse(readFileSync(this.#file, 'utf8')) as Identity) : {};
  }

  get current(): Identity {
    return this.#identity;
  }

  /** In the file before it returns, so that it survives this process. */
  update(change: Partial<Identity>): void {
    this.#identity = { ...this.#identity, ...change };
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#identity), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

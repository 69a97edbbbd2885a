import { existsSync, readFileSync } from 'node:fs';
import type { Config } from '../src/core/config.ts';
import type { IronicNode } from '../src/core/ironic-node.ts';
import { agentTokenAfterLookup, type LookupAnswer, type LookupConfig } from '../src/ironic/lookup-answer.ts';
import { redactSecrets } from '../src/log/redact.ts';
import { writeRootOnly } from '../src/queue/root-only-file.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import { type InterruptedStep, interruptedStep } from './interrupted-boot.ts';

/**
 * What the agent is known by in this boot. Ironic gives the token once and refuses a changed callback URL, so a restart of
 * the api must not lose any of it.
 */
export interface Identity {
  readonly token?: string;
  readonly nodeUuid?: string;
  /** The Ironic that the rest was learnt from; another one is asked anew. */
  readonly apiUrls?: readonly string[];
  /** The node as the lookup told it, secrets masked. */
  readonly node?: IronicNode;
  /** What the lookup told besides the token. */
  readonly lookupConfig?: LookupConfig;
  /** The machine restarted in the middle of it: that is why this boot began. */
  readonly interruptedStep?: InterruptedStep;
  /** Posted in this boot, and the node that it was for, if that was told. */
  readonly inspection?: { readonly nodeUuid: string | null };
  /** As Ironic told it; missing while it has not. */
  readonly ironicApiVersion?: string;
  readonly advertisedAddress?: string;
  /** The port that it listened on: taken again when any would do. */
  readonly port?: number;
  /** A GET with a token was seen: the conductor is new enough to be asked for it always. */
  readonly tokenSeenOnGet?: boolean;
  /** The command after which this agent serves no more in this boot. */
  readonly serviceEndedBy?: string;
  /** Seconds since the epoch, of the first start in this boot. */
  readonly startedAt?: number;
}

/** What a lookup tells of this agent. To be on disk before anything else is waited for: the token is told once. */
export function identityFrom(
  { node, config, token: told }: LookupAnswer,
  { apiUrls, agentToken }: Pick<Config, 'apiUrls' | 'agentToken'>,
): Partial<Identity> {
  const token = agentTokenAfterLookup(told, agentToken);
  const shown = redactSecrets(node) as IronicNode;
  const interrupted = interruptedStep(node);
  return {
    apiUrls,
    nodeUuid: shown.uuid,
    node: shown,
    lookupConfig: config,
    ...(token === null ? {} : { token }),
    ...(interrupted === null ? {} : { interruptedStep: interrupted }),
  };
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

  /** What is known of the agent at this Ironic; what another one told is forgotten, its token and node first of all. */
  knownBy(apiUrls: readonly string[]): Identity {
    const { apiUrls: earlier, port, startedAt } = this.#identity;
    const isOther = earlier !== undefined && !(apiUrls.length > 0 && apiUrls.every((url) => earlier.includes(url)));
    if (isOther) {
      this.#identity = { ...(port === undefined ? {} : { port }), ...(startedAt === undefined ? {} : { startedAt }) };
      this.#write();
    }
    return this.#identity;
  }

  /** In the file before it returns, so that it survives this process. */
  update(change: Partial<Identity>): void {
    this.#identity = { ...this.#identity, ...change };
    this.#write();
  }

  /** The service has ended: nothing is kept that would let somebody speak for this agent. */
  forgetCredentials(): void {
    const { token: _, lookupConfig: __, ...rest } = this.#identity;
    this.#identity = rest;
    this.#write();
  }

  #write(): void {
    writeRootOnly(this.#file, JSON.stringify(this.#identity));
  }
}

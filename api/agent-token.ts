import { UnauthorizedError } from '../src/errors/catalogue.ts';
import { SecretText } from './secret-text.ts';

/** The Ironic API version of the first conductor (29.0) that sends its token with GETs. */
export const tokenOnGetSince = 96;

export interface TokenPolicy {
  /** `legacy` permits the one exception, `never` none. */
  readonly tokenlessGet: 'legacy' | 'never';
  /** Minor version of the Ironic API (1.x); null while unknown or without Ironic. */
  readonly ironicMinorVersion: () => number | null;
}

/**
 * The one bearer of all power over this machine. Deny by default: without a token of our own, everything is refused.
 *
 * One exception, for conductors before 29.0, which send no token with GET: the command list, the only thing that they read, is told
 * without one while the option allows it, the Ironic API is known to be older, and nobody has read the list with a token.
 * docs/agent-token.md has every case.
 */
export class AgentToken {
  readonly #policy: TokenPolicy;
  #token: SecretText | null = null;
  #seenOnList: boolean;
  readonly #onSeenOnList: () => void;

  constructor(policy: TokenPolicy, seenOnList: boolean, onSeenOnList: () => void) {
    this.#policy = policy;
    this.#seenOnList = seenOnList;
    this.#onSeenOnList = onSeenOnList;
  }

  set(token: string): void {
    this.#token = new SecretText(token);
  }

  /** True when the given text is the token; takes the same time wherever they differ. */
  matches(given: string): boolean {
    return this.#token?.equals(given) ?? false;
  }

  /** Throws UnauthorizedError unless it is the token. `given` is the query parameter as it came. */
  check(given: unknown): void {
    if (typeof given !== 'string' || !this.matches(given)) throw new UnauthorizedError('Token invalid.');
  }

  /** The same for who reads the command list, with the exception. */
  checkOnList(given: unknown): void {
    if (given === undefined && this.#token !== null && this.#isLegacyConductor()) return;
    this.check(given);
    if (this.#seenOnList) return;
    this.#seenOnList = true;
    this.#onSeenOnList();
  }

  #isLegacyConductor(): boolean {
    const minor = this.#policy.ironicMinorVersion();
    return this.#policy.tokenlessGet === 'legacy' && !this.#seenOnList && minor !== null && minor < tokenOnGetSince;
  }
}

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
 * One exception, for conductors before 29.0, which send no token with GET: a GET without one is answered while the option
 * allows it, the Ironic API is known to be older, and no GET with a token has been seen.
 */
export class AgentToken {
  readonly #policy: TokenPolicy;
  #token: SecretText | null = null;
  #seenOnGet: boolean;
  readonly #onSeenOnGet: () => void;

  constructor(policy: TokenPolicy, seenOnGet: boolean, onSeenOnGet: () => void) {
    this.#policy = policy;
    this.#seenOnGet = seenOnGet;
    this.#onSeenOnGet = onSeenOnGet;
  }

  set(token: string): void {
    this.#token = new SecretText(token);
  }

  /** True when the given text is the token; takes the same time wherever they differ. */
  matches(given: string): boolean {
    return this.#token?.equals(given) ?? false;
  }

  /** Throws UnauthorizedError unless the request may pass. `given` is the query parameter as it came. */
  check(method: string, given: unknown): void {
    if (this.#token === null) throw unauthorized();
    const isGet = method === 'get' || method === 'head';
    if (given === undefined && isGet && this.#isLegacyConductor()) return;
    if (typeof given !== 'string' || !this.matches(given)) throw unauthorized();
    if (isGet && !this.#seenOnGet) {
      this.#seenOnGet = true;
      this.#onSeenOnGet();
    }
  }

  #isLegacyConductor(): boolean {
    const minor = this.#policy.ironicMinorVersion();
    return this.#policy.tokenlessGet === 'legacy' && !this.#seenOnGet && minor !== null && minor < tokenOnGetSince;
  }
}

function unauthorized(): Error {
  return new UnauthorizedError('Token invalid.');
}

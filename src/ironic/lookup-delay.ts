/** What came of a lookup that found no node for us. */
export type LookupMiss =
  /** 404, nobody there at all, no interface: what is usual in the first seconds. */
  | 'not-yet'
  /** 409: the conductor holds the node at the moment. */
  | 'locked'
  /** Any other status, or nonsense. */
  | 'failed'
  /** The node, with a note that its token was given to somebody before. */
  | 'token-elsewhere';

/** For so long from the first lookup "not yet" is asked again at once; who waits longer is waited for by nobody. */
const promptSeconds = 120;

/** A machine asks for no more than this share of the time, so that a rack that boots at once does not ask Ironic to death. */
const shareOfTime = 1 / 20;

const longestDelaySeconds = 60;

/** Only a power action, or a person, changes these. */
const slowDelaySeconds = 30;

/** So many answers 409 in a row are a conductor that is at work; Ironic itself waits some seconds before it says so. */
const promptConflicts = 10;

/**
 * The waits between lookups. Soon after the start a wait is the interval and up to a quarter more, unless Ironic is slow to
 * answer: then by chance up to 20 times as long as that took. After failures, and after the first minutes: by chance up to
 * 1, 2, 4 ... 60 seconds. Once a token was elsewhere: 30 seconds.
 */
export class LookupPace {
  readonly #intervalSeconds: number;
  #conflictsInARow = 0;
  #failures = 0;
  #isSlow = false;

  constructor(intervalSeconds: number) {
    this.#intervalSeconds = intervalSeconds;
  }

  /** Seconds to wait after a miss. */
  delayAfter(
    miss: LookupMiss,
    at: {
      /** How long it took until the answer was there. */
      readonly answerSeconds: number;
      /** Since the first lookup. */
      readonly elapsedSeconds: number;
      /** From 0 up to 1. */
      readonly random: number;
    },
  ): number {
    const soon = this.#intervalSeconds * (1 + at.random / 4);
    this.#conflictsInARow = miss === 'locked' ? this.#conflictsInARow + 1 : 0;
    this.#isSlow ||= miss === 'token-elsewhere';
    if (this.#isSlow || this.#conflictsInARow > promptConflicts) return Math.max(soon, slowDelaySeconds);
    if (miss === 'locked') return soon;
    return Math.max(soon, at.random * Math.min(this.#longest(miss, at), longestDelaySeconds));
  }

  #longest(
    miss: LookupMiss,
    { answerSeconds, elapsedSeconds }: { answerSeconds: number; elapsedSeconds: number },
  ): number {
    if (miss === 'not-yet' && elapsedSeconds < promptSeconds) return answerSeconds / shareOfTime;
    this.#failures += 1;
    return 2 ** (this.#failures - 1);
  }
}

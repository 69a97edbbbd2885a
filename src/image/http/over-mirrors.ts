import type { Mirror, Mirrors } from './mirrors.ts';
import { createRounds, type RoundsPolicy } from './rounds.ts';

/** Tries mirrors until one succeeds; throws as Rounds do. */
export async function overMirrors<T>(
  mirrors: Mirrors,
  options: RoundsPolicy & { readonly signal: AbortSignal },
  attempt: (mirror: Mirror) => Promise<T>,
): Promise<T> {
  const rounds = createRounds(mirrors, options);
  for (;;) {
    options.signal.throwIfAborted();
    try {
      return await attempt(rounds.current());
    } catch (error) {
      await rounds.failed(error, options.signal);
    }
  }
}

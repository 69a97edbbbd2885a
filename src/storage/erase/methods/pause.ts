import { setTimeout as sleep } from 'node:timers/promises';
import type { MethodContext } from '../method.ts';

/** Waits until the next question to a drive. Rejects with the reason of the signal: the worker stops. */
export async function pause({
  pollMilliseconds,
  signal,
}: Pick<MethodContext, 'pollMilliseconds' | 'signal'>): Promise<void> {
  await sleep(pollMilliseconds, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

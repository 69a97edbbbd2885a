import { hasErrorCode } from '../../src/errors/guards.ts';
import type { RunningAgent } from './agent.ts';
import { until } from './until.ts';

/** Resolves when nobody listens any more where the agent did. */
export async function noLongerServed(agent: RunningAgent): Promise<void> {
  const isRefused = (): Promise<boolean> =>
    agent.request('/').then(
      () => false,
      (error: unknown) => hasErrorCode(error, 'ECONNREFUSED'),
    );
  await until(isRefused, { withinMs: 5000, what: 'refused connection' });
}

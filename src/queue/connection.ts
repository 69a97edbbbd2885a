import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { hasErrorCode } from '../errors/guards.ts';
import { redisUser } from './redis-settings.ts';
import type { StateDir } from './state-dir.ts';

/** How long a client waits between attempts to reach a Redis that is away. */
const reconnectMilliseconds = 100;

/**
 * Connection settings of one process.
 *
 * - `fail-fast`: with Redis away every call rejects at once (the api answers 503).
 * - `wait`: calls wait until Redis is back (a worker in the middle of a write must not fail because of it).
 */
export function redisOptions(state: StateDir, socket: string | null, manner: 'fail-fast' | 'wait') {
  return {
    path: socket ?? state.redisSocket,
    username: redisUser,
    password: readFileSync(state.redisPassword, 'utf8').trim(),
    retryStrategy: (): number => reconnectMilliseconds,
    ...(manner === 'fail-fast'
      ? ({
          enableOfflineQueue: false,
          maxRetriesPerRequest: 1,
          autoResendUnfulfilledCommands: false,
          commandTimeout: 5000,
        } as const)
      : { maxRetriesPerRequest: null }),
  };
}

/** True for what every client of a Redis that is away keeps saying; the process says once that it is away. */
export function isRedisAway(error: unknown): boolean {
  return hasErrorCode(error, 'ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE');
}

export function connectRedis(state: StateDir, socket: string | null, manner: 'fail-fast' | 'wait'): Redis {
  return new Redis({ ...redisOptions(state, socket, manner), replyMapping: 'legacy' });
}

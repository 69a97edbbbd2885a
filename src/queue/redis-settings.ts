import { readFileSync } from 'node:fs';
import { keyPrefix } from './keys.ts';
import { writeRootOnly } from './root-only-file.ts';
import type { StateDir } from './state-dir.ts';

/** The one Redis user of the agent; `default` is off. */
export const redisUser = 'ironhand';

/**
 * Writes what redis-server reads when it starts. Never half a file: without settings it would listen on a TCP port, for
 * everybody.
 */
export function writeRedisFiles(state: StateDir): void {
  const password = readFileSync(state.redisPassword, 'utf8').trim();
  writeRootOnly(state.redisUsers, redisUsers(state, password));
  writeRootOnly(state.redisConfig, redisConfig(state));
}

/**
 * Settings of the private redis-server: no TCP port, a socket, every write in an append-only file before it is answered (`no`:
 * `everysec` may put the write off while it syncs), which survives the death of the process, and never an eviction (redis.conf of Redis 7).
 */
function redisConfig(state: StateDir): string {
  return `${[
    'port 0',
    `unixsocket ${state.redisSocket}`,
    'unixsocketperm 770',
    `aclfile ${state.redisUsers}`,
    `dir ${state.redisData}`,
    'daemonize no',
    'appendonly yes',
    'appendfsync no',
    'save ""',
    'maxmemory 256mb',
    'maxmemory-policy noeviction',
    'databases 1',
    'loglevel warning',
  ].join('\n')}\n`;
}

/**
 * ACL file (ACL in redis.io's documentation): one user, our keys only, nothing dangerous. Nobody can log in as `default`, but
 * it keeps its permissions: Redis 7.0 replays the append-only file in its name, and drops every transaction that it may not do.
 */
function redisUsers(state: StateDir, password: string): string {
  const prefix = keyPrefix(state.bootId);
  return `${[
    'user default off resetpass ~* &* +@all',
    `user ${redisUser} on >${password} ~${prefix}:* &${prefix}:* +@all -@dangerous -@admin +info +client|setname +client|id`,
  ].join('\n')}\n`;
}

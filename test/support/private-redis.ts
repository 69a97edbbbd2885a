import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { connectRedis } from '../../src/queue/connection.ts';
import { type Keys, keysOf } from '../../src/queue/keys.ts';
import { writeRedisFiles } from '../../src/queue/redis-settings.ts';
import { prepareStateDir, type StateDir } from '../../src/queue/state-dir.ts';

const bootId = '00000000-1111-4222-8333-444444444444';

/** A redis-server of a test, on a unix socket in a state directory as `ironhand redis` makes it. */
export interface PrivateRedis extends AsyncDisposable {
  readonly state: StateDir;
  readonly keys: Keys;
  readonly pid: number;
  /** A client as the user of the agent; closed at disposal. */
  client(manner?: 'fail-fast' | 'wait'): Redis;
  /** kill -9; resolves when it is dead. */
  kill(): Promise<void>;
  /** Starts it again after `kill`; resolves when it answers. */
  start(): Promise<void>;
  /** Empties its data directory; for a killed one. */
  forget(): void;
}

/** Starts one: `await using redis = await startPrivateRedis()`. */
export async function startPrivateRedis(): Promise<PrivateRedis> {
  const root = mkdtempSync(path.join(tmpdir(), 'ih-redis-'));
  const state = prepareStateDir(root, bootId);
  writeRedisFiles(state);
  const clients: Redis[] = [];
  let server = await startServer(state);
  return {
    state,
    keys: keysOf(bootId),
    get pid() {
      return server.pid ?? 0;
    },
    client(manner = 'wait') {
      const client = connectRedis(state, null, manner);
      client.on('error', () => undefined);
      clients.push(client);
      return client;
    },
    kill: () => endServer(server),
    async start() {
      server = await startServer(state);
    },
    forget() {
      for (const name of readdirSync(state.redisData)) rmSync(path.join(state.redisData, name), { recursive: true });
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.disconnect();
      await endServer(server);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function startServer(state: StateDir): Promise<ChildProcess> {
  // Dies with the test, however that dies.
  const command = ['--pdeathsig', 'KILL', '--', 'redis-server', state.redisConfig];
  const server = spawn('setpriv', command, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  while (!(await answers(state.redisSocket))) {
    if (server.exitCode !== null) throw new Error(`redis-server did not start: ${Buffer.concat(output)}`);
    await sleep(5);
  }
  return server;
}

/** A server that still reads its append-only file says LOADING. */
async function answers(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath);
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [reply] = (await once(socket, 'data')) as [Buffer];
    return reply.toString().startsWith('-NOAUTH');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function endServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = once(server, 'exit');
  server.kill('SIGKILL');
  await exit;
}

import path from 'node:path';
import { loadConfig } from '../../src/config/load-config.ts';
import { readConfigInputs } from '../../src/config/read-config-inputs.ts';
import type { Config } from '../../src/core/config.ts';
import { isWorkerGroup, type WorkerGroup } from '../../src/core/queue-name.ts';
import { HttpClient } from '../../src/ironic/http-client.ts';
import { connectRedis } from '../../src/queue/connection.ts';
import { keysOf } from '../../src/queue/keys.ts';
import { readBootId, type StateDir, stateDirAt } from '../../src/queue/state-dir.ts';
import { presentGroups } from '../../src/queue/worker-presence.ts';
import { configRequest, type ParsedFlags } from './options.ts';

/** A process of an agent, by the name that it has for operators. */
export type PartName = 'redis' | 'api' | WorkerGroup;

const timeoutSeconds = 3;

/** Resolves when that process does its work now; throws with the reason where it does not. Changes nothing. */
export async function checkHealth(part: PartName, flags: ParsedFlags): Promise<void> {
  const { config } = loadConfig(readConfigInputs(configRequest(flags)));
  const state = stateDirAt(path.resolve(config.stateDir), readBootId(config.bootIdFile));
  if (part === 'api') await answersRequests(config);
  else await isKnownToRedis(part, config, state);
}

/** Whether it serves TLS is decided in the api, so both are tried. */
async function answersRequests({ listenHost, listenPort }: Config): Promise<void> {
  const http = new HttpClient({ timeoutSeconds, insecure: true });
  const host = listenHost.includes(':') ? `[${listenHost}]` : listenHost;
  const urls = ['https', 'http'].map((scheme) => `${scheme}://${host}:${listenPort}/v1/status`);
  try {
    await Promise.any(urls.map((url) => http.request({ method: 'GET', url })));
  } catch (error) {
    if (error instanceof AggregateError) throw error.errors[0];
    throw error;
  } finally {
    http.close();
  }
}

async function isKnownToRedis(part: 'redis' | WorkerGroup, config: Config, state: StateDir): Promise<void> {
  const redis = connectRedis(state, config.redisSocket, 'fail-fast');
  const failed = Promise.withResolvers<never>();
  redis.on('error', failed.reject);
  try {
    await Promise.race([new Promise((resolve) => redis.once('ready', resolve)), failed.promise]);
    const present = await presentGroups(redis, keysOf(state.bootId));
    if (isWorkerGroup(part) && !present.includes(part)) {
      throw new Error(`expected workers of the group ${part} to say that they serve their queues, heard from none`);
    }
  } finally {
    redis.disconnect();
  }
}

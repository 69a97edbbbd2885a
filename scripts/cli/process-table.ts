import { mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { networkNamespaceFiles } from '../../src/config/network-namespace.ts';
import { configFileVariable } from '../../src/config/parent-config.ts';
import type { Config } from '../../src/core/config.ts';
import { type WorkerGroup, workerGroups } from '../../src/core/queue-name.ts';
import type { StateDir } from '../../src/queue/state-dir.ts';
import { rescuePlace } from '../../src/rescue/rescue-place.ts';
import { appDir, entryPoint, isInstalled } from './bundle.ts';

/** One of the processes that make an agent: what `ironhand agent`, compose and the units of the ramdisk all start. */
export interface ProcessSpec {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * In a checkout compiled modules are kept beside the program (node: module.enableCompileCache): it halves the time to start. A
 * directory for each process, since what the api may write must never run in a worker. What is installed is left as it is.
 */
function compileCache(name: string): string | null {
  if (isInstalled) return null;
  const dir = path.join(appDir, '.cache/compile', name);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return dir;
}

/** Small young generation: the agent idles for most of its life, in the memory of a ramdisk. */
export const frugal = ['--max-semi-space-size=2'];

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Why no second agent starts in a state directory. */
export const alreadyServed = 'expected no agent in this state directory, found one that is running';

/** What src/config reads to know the machine. */
const kernelFiles = ['/proc/cmdline', '/proc/net/if_inet6', '/proc/self/mountinfo', ...networkNamespaceFiles];

/**
 * sh(1) takes a lock, flock(1), on the directory of the append-only file, then becomes redis-server, which keeps the lock for
 * as long as it lives. A second one, started by whomever, ends at once, before it takes over the socket and the file.
 */
const lockedRedis = `exec 9< "$1"
flock --nonblock 9 || { echo "$2: ${alreadyServed}" >&2; exit 1; }
exec redis-server "$3"`;

export function redisProcess(state: StateDir): ProcessSpec {
  return {
    name: 'redis',
    program: 'sh',
    args: ['-c', lockedRedis, 'redis', state.redisData, state.root, state.redisConfig],
    env: { PATH: searchPath, LC_ALL: 'C' },
  };
}

/**
 * The api, under Node's permission model: it cannot start a process, and of the file system it sees the program, the state of
 * this boot, its certificates and single files of the kernel: through /proc/PID/root all of the file system could be read.
 * It writes what is its own, and not the configuration by which the workers and redis are started.
 */
export function apiProcess(config: Config, state: StateDir): ProcessSpec {
  const certificates = [config.caFile, config.certFile, config.keyFile, config.tlsCertFile, config.tlsKeyFile];
  const marker = rescuePlace(config)?.marker ?? null;
  const readable = [
    appDir,
    state.root,
    realpathSync(state.root),
    realpathSync(config.bootIdFile),
    ...kernelFiles,
    '/sys/class/net',
    '/sys/devices',
    ...[...certificates, marker].filter((file) => file !== null),
  ];
  const answers = path.join(state.results, 'query-*'); // removed when they have been given
  const writable = [state.api, state.secrets, state.tls, answers, compileCache('api')].filter((file) => file !== null);
  return {
    name: 'api',
    program: process.execPath,
    args: [
      ...frugal,
      '--permission',
      ...readable.map((file) => `--allow-fs-read=${file}`),
      ...writable.map((file) => `--allow-fs-write=${file}`),
      entryPoint('api.mjs', 'api/main.ts'),
    ],
    env: nodeEnvironment('api', config, state),
  };
}

/**
 * Eight disks with eight reads or writes under way on each: libuv has 4 threads for all unless it is told otherwise. It makes them
 * at its first use; 64 that idle take half a MiB more than 4.
 */
export const storageThreads = { UV_THREADPOOL_SIZE: '64' };

export function workerProcess(group: WorkerGroup, config: Config, state: StateDir): ProcessSpec {
  return {
    name: `worker-${group}`,
    program: process.execPath,
    args: [...frugal, entryPoint('worker.mjs', 'workers/main.ts'), '--group', group],
    env: { ...nodeEnvironment(`worker-${group}`, config, state), ...(group === 'storage' ? storageThreads : {}) },
  };
}

/** Every process of an agent, in the order of start; redis is not among them where somebody else's is used. */
export function agentProcesses(config: Config, state: StateDir): readonly ProcessSpec[] {
  const groups = Object.keys(workerGroups) as WorkerGroup[];
  return [
    ...(config.redisSocket === null ? [redisProcess(state)] : []),
    apiProcess(config, state),
    ...groups.map((group) => workerProcess(group, config, state)),
  ];
}

function nodeEnvironment(name: string, config: Config, state: StateDir): Readonly<Record<string, string>> {
  const cache = compileCache(name);
  return {
    PATH: searchPath,
    LC_ALL: 'C',
    ...(cache === null ? {} : { NODE_COMPILE_CACHE: cache }),
    [configFileVariable]: state.configFile,
    ...(config.insideRamdisk ? { IRONHAND_RAMDISK: '1' } : {}),
  };
}

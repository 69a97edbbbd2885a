import { execFile } from 'node:child_process';
import { type Dirent, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { hasErrorCode } from '../../../src/errors/guards.ts';
import { startInOwnWorld } from '../../ironic/lab/own-world.ts';
import { until } from '../../support/until.ts';

const execute = promisify(execFile);
const cgroups = '/sys/fs/cgroup';

/** A Docker engine of a test: nothing of it is seen by, or outlives, the process that started it. */
export interface DockerEngine extends AsyncDisposable {
  /** What its clients need. */
  readonly env: Readonly<Record<string, string>>;
  /** docker(1); resolves with what it prints. */
  docker(...args: readonly string[]): Promise<string>;
}

/**
 * dockerd(8), in process and mount namespaces of its own and in the network namespace of this process, which is therefore not that of the
 * machine: it makes bridges and packet filters there. /run is its own too, as it leaves files there whatever its flags say.
 */
export async function startDockerEngine(folder: string): Promise<DockerEngine> {
  mkdirSync(folder);
  const at = (name: string): string => path.join(folder, name);
  const socket = `unix://${at('d.sock')}`;
  const cgroup = `ih-compose-${process.pid}`;
  writeFileSync(at('daemon.json'), JSON.stringify({ 'deprecated-key-path': at('key.json') }));
  const flags = ['--data-root', at('data'), '--exec-root', at('run'), '--pidfile', at('pid'), '--host', socket];
  const dockerd = ['dockerd', '--config-file', at('daemon.json'), ...flags, '--cgroup-parent', `/${cgroup}`];
  const script = 'mount -t tmpfs tmpfs /run && exec "$@"';
  const world = startInOwnWorld(['sh', '-c', script, 'sh', ...dockerd], { output: at('log') });
  const env = { DOCKER_HOST: socket, DOCKER_CONFIG: folder, DOCKER_BUILDKIT: '0' };
  const docker = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await execute('docker', args, { env: { ...process.env, ...env } });
    return stdout;
  };
  const answers = async (): Promise<boolean> => {
    if (!world.isRunning) throw new Error(`dockerd ended: ${readFileSync(at('log'), 'utf8').slice(-2000)}`);
    return await docker('version').then(
      () => true,
      () => false,
    );
  };
  const stop = async (): Promise<void> => {
    await world.kill();
    // The last processes of its containers may take a moment to be gone.
    await until(() => removeCgroups(cgroup), { withinMs: 20_000, everyMs: 100, what: `an empty cgroup ${cgroup}` });
  };
  try {
    await until(answers, { withinMs: 60_000, everyMs: 200, what: 'dockerd' });
  } catch (error) {
    await stop();
    throw error;
  }
  return { env, docker, [Symbol.asyncDispose]: stop };
}

/** Of every hierarchy; the innermost first, as cgroups(7) asks for. False while a process is in one of them. */
function removeCgroups(name: string): boolean {
  try {
    removeEmptyCgroups(name);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EBUSY')) return false;
    throw error;
  }
}

function removeEmptyCgroups(name: string): void {
  const isFolder = (entry: Dirent): boolean => entry.isDirectory();
  for (const hierarchy of readdirSync(cgroups, { withFileTypes: true }).filter(isFolder)) {
    if (!readdirSync(path.join(cgroups, hierarchy.name)).includes(name)) continue;
    const root = path.join(cgroups, hierarchy.name, name);
    const inner = readdirSync(root, { recursive: true, withFileTypes: true }).filter(isFolder);
    for (const { parentPath, name: each } of inner.reverse()) rmdirSync(path.join(parentPath, each));
    rmdirSync(root);
  }
}

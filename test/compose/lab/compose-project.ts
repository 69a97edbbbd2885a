import { execFile } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../../scripts/check-stages.ts';
import { type UntilOptions, until } from '../../support/until.ts';
import type { DockerEngine } from './docker-engine.ts';

const execute = promisify(execFile);

/** Debian 12 has docker-compose(1) as a program of its own; and the ramdisk is made quickly, out of the caches of the project. */
const prologue = `set -e
docker() { shift; docker-compose "$@"; }
npm() { node ${projectRoot}/ramdisk/build/main.ts --fast "\${@:4}" --out "$PWD/out/ramdisk/standard-x86_64"; }
`;

/** What compose reads of the project, in a directory of its own. */
export class ComposeProject {
  readonly #folder: string;
  readonly #engine: DockerEngine;

  constructor(folder: string, engine: DockerEngine) {
    this.#folder = folder;
    this.#engine = engine;
    mkdirSync(folder);
    for (const name of ['docker-compose.yml', '.dockerignore', 'ramdisk/container']) {
      cpSync(path.join(projectRoot, name), path.join(folder, name), { recursive: true });
    }
  }

  /** Runs commands as an operator types them; resolves with what they print. */
  async run(script: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const options = { cwd: this.#folder, env: { ...process.env, ...this.#engine.env, ...env }, maxBuffer: 1 << 26 };
    const { stdout } = await execute('bash', ['-c', prologue + script], options);
    return stdout;
  }

  /** A program in the container of a service. */
  async inside(service: string, ...command: readonly string[]): Promise<string> {
    return await this.#engine.docker('exec', await this.#container(service), ...command);
  }

  /** Ends all processes of a container but its first one, at once: kill(2) with -1. */
  async kill(service: string): Promise<void> {
    const container = await this.#container(service);
    const restarts = (): Promise<string> => this.#engine.docker('inspect', '--format', '{{.RestartCount}}', container);
    const before = await restarts();
    await this.inside(service, 'sh', '-c', 'kill -KILL -1');
    await until(async () => (await restarts()) !== before, { withinMs: 30_000, everyMs: 200, what: `new ${service}` });
  }

  /** Resolves when each of these services says that it does its work. */
  async healthy(services: readonly string[], options: Omit<UntilOptions, 'what'>): Promise<void> {
    for (const service of services) {
      const container = await this.#container(service);
      const status = (): Promise<string> =>
        this.#engine.docker('inspect', '--format', '{{.State.Health.Status}}', container);
      await until(async () => (await status()).trim() === 'healthy', { ...options, what: `health of ${service}` });
    }
  }

  async #container(service: string): Promise<string> {
    const label = `label=com.docker.compose.service=${service}`;
    return (await this.#engine.docker('ps', '--all', '--quiet', '--filter', label)).trim();
  }
}

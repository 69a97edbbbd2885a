import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRunProgram } from '../../../scripts/demo-image/run-program.ts';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';
import { IronicApi } from './ironic-api.ts';
import { type IronicSettings, ironicConf, ironicFolders } from './ironic-conf.ts';
import type { IronicRelease } from './ironic-release.ts';
import { ironicRoot } from './ironic-root.ts';
import { type OwnWorld, startInOwnWorld } from './own-world.ts';

/** Where the directory of the lab is for Ironic, which lives in a root directory of its own. */
const inside = '/srv';

/** A file below the directory of the lab, by the path that Ironic knows it by. */
export function pathInside(name: string): string {
  return path.posix.join(inside, name);
}

/** python3-ironic has the entry points, and no programs that call them. */
const entry = (module: string): string =>
  `import sys; sys.argv[0] = 'ironic'; from ${module} import main; sys.exit(main())`;

/** A real Ironic, API and conductor in one process, with a database of its own: `await using ironic = await startIronic(...)`. */
export class RunningIronic implements AsyncDisposable {
  readonly release: IronicRelease;
  /** As its package says. */
  readonly version: string;
  readonly url: string;
  readonly inspectorUrl: string;
  readonly directory: string;
  readonly #root: string;
  #world: OwnWorld | null = null;
  #inspector: OwnWorld | null = null;
  #api: IronicApi | null = null;

  constructor(parts: {
    readonly release: IronicRelease;
    readonly version: string;
    readonly port: number;
    readonly inspectorUrl: string;
    readonly directory: string;
    readonly root: string;
  }) {
    this.release = parts.release;
    this.version = parts.version;
    this.url = `http://127.0.0.1:${parts.port}`;
    this.inspectorUrl = parts.inspectorUrl;
    this.directory = parts.directory;
    this.#root = parts.root;
  }

  get api(): IronicApi {
    if (!this.#api) throw new Error('Ironic has not been started');
    return this.#api;
  }

  get log(): string {
    return readFileSync(path.join(this.directory, 'ironic.log'), 'utf8');
  }

  pathInside(name: string): string {
    return pathInside(name);
  }

  /** Names of the archives with logs of agents that the conductor stored. */
  get storedLogs(): readonly string[] {
    return readdirSync(path.join(this.directory, 'deploy-logs')).sort();
  }

  /** Starts it, or starts it again with the database that it had. Resolves when its conductor is registered. */
  async start(): Promise<void> {
    const { entryPoints } = this.release;
    this.#world = this.#run(['-c', entry(`${entryPoints}.singleprocess`), '--config-file', `${inside}/ironic.conf`]);
    const world = this.#world;
    const isReady = async (): Promise<boolean> => {
      if (!world.isRunning) throw new Error(`Ironic ended: ${this.#output().slice(-2000)}`);
      const api = await IronicApi.at(this.url);
      this.#api = api;
      const { conductors } = await api.request<{ conductors: { alive: boolean }[] }>('GET', '/v1/conductors');
      return conductors.some(({ alive }) => alive);
    };
    await until(async () => (world.isRunning ? await isReady().catch(() => false) : await isReady()), {
      withinMs: 90_000,
      everyMs: 250,
      what: `Ironic ${this.release.name}`,
    });
  }

  /** Ends it at once, as a crash does; the database stays. */
  async kill(): Promise<void> {
    await this.#world?.kill();
  }

  /** ironic-inspector beside it, for releases that do not inspect themselves. */
  async startInspector(): Promise<void> {
    const config = `${inside}/inspector.conf`;
    writeFileSync(path.join(this.directory, 'inspector.conf'), inspectorConf(this.url, this.inspectorUrl));
    const setUp = this.#run(['-c', entry('ironic_inspector.cmd.dbsync'), '--config-file', config, 'upgrade']);
    await setUp.ended;
    this.#inspector = this.#run(['-c', entry('ironic_inspector.cmd.all'), '--config-file', config]);
    const isThere = async (): Promise<boolean> => (await fetch(`${this.inspectorUrl}/v1`)).ok;
    await until(() => isThere().catch(() => false), { withinMs: 60_000, everyMs: 250, what: 'ironic-inspector' });
  }

  async createDatabase(): Promise<void> {
    const { entryPoints } = this.release;
    const config = ['--config-file', `${inside}/ironic.conf`];
    await this.#run(['-c', entry(`${entryPoints}.dbsync`), ...config, 'create_schema']).ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inspector?.kill();
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #run(args: readonly string[]): OwnWorld {
    const binds = new Map([
      ['/dev', '/dev'],
      [this.directory, inside],
    ]);
    return startInOwnWorld(['/usr/bin/python3', '-W', 'ignore', ...args], {
      root: { path: this.#root, binds },
      output: path.join(this.directory, 'output'),
    });
  }

  #output(): string {
    return readFileSync(path.join(this.directory, 'output'), 'utf8');
  }
}

export async function startIronic(release: IronicRelease, settings: IronicSettings = {}): Promise<RunningIronic> {
  const root = await ironicRoot(release);
  const directory = mkdtempSync(path.join(tmpdir(), 'ironic-'));
  const [port, inspectorPort] = [await freePort(), await freePort()];
  const inspectorUrl = `http://127.0.0.1:${inspectorPort}`;
  for (const folder of ironicFolders) mkdirSync(path.join(directory, folder));
  writeFileSync(
    path.join(directory, 'ironic.conf'),
    ironicConf(release, { port, directory: inside, inspectorUrl }, settings),
  );
  const version = await packageVersion(root);
  const ironic = new RunningIronic({ release, version, port, inspectorUrl, directory, root });
  try {
    await ironic.createDatabase();
    await ironic.start();
    return ironic;
  } catch (error) {
    await ironic[Symbol.asyncDispose]();
    throw error;
  }
}

async function packageVersion(root: string): Promise<string> {
  const version = 'import importlib.metadata as m; print(m.version("ironic"))';
  return (await createRunProgram()('chroot', [root, '/usr/bin/python3', '-c', version])).trim();
}

function inspectorConf(ironicUrl: string, inspectorUrl: string): string {
  const { port } = new URL(inspectorUrl);
  return `[DEFAULT]
debug = True
log_file = ${inside}/inspector.log
auth_strategy = noauth
listen_address = 127.0.0.1
listen_port = ${port}
can_manage_boot = True
standalone = True
transport_url = fake://
[database]
connection = sqlite:///${inside}/inspector.sqlite?timeout=60
[ironic]
auth_type = none
endpoint_override = ${ironicUrl}
[service_catalog]
auth_type = none
endpoint_override = ${inspectorUrl}
[pxe_filter]
driver = noop
[coordination]
backend = file://${inside}/coordination
[processing]
store_data = database
power_off = False
`;
}

import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type AgentProcessName, agentProcessesAt } from '../../support/agent-processes.ts';
import { until } from '../../support/until.ts';
import type { AgentNetwork } from './agent-network.ts';
import type { ApiNode } from './ironic-api.ts';
import type { StageMachine } from './node-stage.ts';
import { type OwnWorld, startInOwnWorld } from './own-world.ts';
import { type Powered, PowerFollower } from './power-follower.ts';
import type { WireTap } from './wire-tap.ts';

const program = path.join(import.meta.dirname, '../../../scripts/ironhand.mjs');
const managerFolders = path.join(import.meta.dirname, '../managers');

/** Where an agent of the lab finds Ironic, and where the conductor will call it. */
export interface AgentPlace {
  readonly ironicUrl: string;
  readonly macAddress: string;
  readonly callbackUrl: string;
}

export interface MachineOptions {
  readonly macAddress: string;
  /** Block devices that the agent may touch. */
  readonly devices: readonly string[];
  /** The agent serves TLS with a certificate of its own; the conductor's side of the conversation is not seen then. */
  readonly tls: boolean;
  /** The ramdisk also runs in enroll, manageable and available. */
  readonly fastTrack: boolean;
  /** Which folder of test/ironic/managers the agent loads. */
  readonly managers: 'steps' | 'reboot';
  /** More flags for the agent. */
  readonly args: readonly string[];
  /** What the agent is started by, if anything. */
  readonly startedBy: readonly string[];
  /** Where it runs instead of the network of this machine; there it may take interfaces down. */
  readonly network?: AgentNetwork;
  /** What starts another agent than Ironhand: it prints `"url":"http://..."` when it listens. */
  readonly otherAgent?: (place: AgentPlace) => readonly string[];
}

/**
 * Starts, kills and starts again an agent as Ironic switches the node. A boot has an id of its own, and what the one before left in
 * memory is gone.
 */
export class LabMachine implements StageMachine, Powered {
  /** When the ramdisk was booted each time, by performance.now(). */
  readonly bootTimes: number[] = [];
  readonly #options: MachineOptions;
  readonly #tap: WireTap;
  readonly #directory: string;
  readonly #broken = Promise.withResolvers<never>();
  readonly #follower: PowerFollower;
  #world: OwnWorld | null = null;
  #isPulled = false;

  constructor(options: MachineOptions, tap: WireTap) {
    this.#options = options;
    this.#tap = tap;
    this.#follower = new PowerFollower(this, options.fastTrack);
    this.#broken.promise.catch(() => undefined); // whoever does not wait for it
    this.#directory = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'ih-machine-'));
  }

  /** How often the ramdisk was booted. */
  get boots(): number {
    return this.bootTimes.length;
  }

  /** Rejects when an agent ends although nobody ended it. */
  get broken(): Promise<never> {
    return this.#broken.promise;
  }

  /** What the agents of all boots said. */
  get output(): string {
    return existsSync(this.#outputFile) ? readFileSync(this.#outputFile, 'utf8') : '';
  }

  /** What matters of it to a person: the end of it, without programs that did what they should, and warnings from before. */
  get story(): readonly string[] {
    const lines = this.output
      .trimEnd()
      .split('\n')
      .filter((line) => !/"exit_code":0,.*"msg":"tool"/.test(line));
    const warnings = lines.slice(0, -12).filter((line) => !/"level":"(info|debug)"|^\d+:[MC] /.test(line));
    return [...warnings.slice(-12), ...lines.slice(-12)].map((line) => line.slice(0, 400));
  }

  get macAddress(): string {
    return this.#options.macAddress;
  }

  get isOn(): boolean {
    return this.#world?.isRunning ?? false;
  }

  /** Where the agent leaves what makes a rescued machine accessible. */
  get rescueDir(): string {
    return path.join(this.#directory, 'rescue');
  }

  get stateDir(): string {
    return path.join(this.#directory, 'state');
  }

  /** SIGKILL for one process of the agent. */
  killProcess(name: AgentProcessName): void {
    const pid = agentProcessesAt(this.stateDir)[name];
    if (pid === undefined) throw new Error(`${name} is not running`);
    process.kill(pid, 'SIGKILL');
  }

  get #outputFile(): string {
    return path.join(this.#directory, 'output');
  }

  follow(node: ApiNode): void {
    if (!this.#isPulled) this.#follower.follow(node);
  }

  /** Cuts the power and gives it back: what a watchdog, or a person with a cable, does. Ironic is not told. */
  async reset(): Promise<void> {
    const world = this.#world;
    this.#world = null;
    await world?.kill();
    this.bootRamdisk();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isPulled = true;
    await this.#world?.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  switchOff(): void {
    const world = this.#world;
    this.#world = null;
    void world?.kill();
  }

  /** Nothing runs from the disk: these machines have no processor of their own. */
  bootInstance(): void {}

  bootRamdisk(): void {
    this.bootTimes.push(performance.now());
    const { network } = this.#options;
    const bootId = path.join(this.#directory, 'boot-id');
    writeFileSync(bootId, `${randomUUID()}\n`);
    mkdirSync(this.stateDir, { recursive: true, mode: 0o700 });
    rmSync(this.rescueDir, { recursive: true, force: true });
    mkdirSync(this.rescueDir);
    const from = this.output.length;
    const world = startInOwnWorld([...this.#options.startedBy, ...this.#command(bootId)], {
      output: this.#outputFile,
      env: { LAB_MACHINE: this.#directory },
      ...(network === undefined ? {} : { networkNamespace: network.namespace }),
    });
    this.#world = world;
    void world.ended.then(() => {
      if (this.#world === world && !this.#isPulled) this.#broken.reject(new Error('the agent ended by itself'));
    });
    void this.#tellTap(world, from);
  }

  /** The agent says where it listens when it is there; before that nobody calls it. */
  async #tellTap(world: OwnWorld, from: number): Promise<void> {
    const origin = (): string | undefined => /"url":"(https?:\/\/[^"/]*:\d+)"/.exec(this.output.slice(from))?.[1];
    const found = await until(() => !world.isRunning || origin(), {
      withinMs: 60_000,
      everyMs: 20,
      what: 'agent',
    }).catch(() => null);
    if (typeof found === 'string') this.#tap.agentAt(found);
  }

  #command(bootId: string): readonly string[] {
    const { otherAgent, macAddress } = this.#options;
    const { ironicUrl, host, agentPort } = this.#tap;
    const callbackUrl = `http://${host}:${agentPort}`;
    if (otherAgent) return otherAgent({ ironicUrl, macAddress, callbackUrl });
    return [process.execPath, program, 'agent', ...this.#flags(bootId)];
  }

  #flags(bootId: string): readonly string[] {
    const { macAddress, devices, tls, args, network } = this.#options;
    const host = network?.agentAddress ?? '127.0.0.1';
    return [
      ...['--api-url', this.#tap.ironicUrl, '--mac-addresses', macAddress, '--lookup-interval', '1'],
      ...['--listen-host', host, '--listen-port', '0', '--advertise-host', tls ? host : this.#tap.host],
      ...(tls ? [] : ['--no-tls', '--advertise-port', String(this.#tap.agentPort)]),
      ...(network ? ['--own-network-namespace'] : []),
      ...['--state-dir', this.stateDir, '--boot-id-file', bootId, '--devices', devices.join(',')],
      ...['--hardware-manager-dir', path.join(managerFolders, this.#options.managers)],
      ...['--rescue-dir', this.rescueDir, '--image-allowed-networks', '127.0.0.0/8', ...args],
    ];
  }
}

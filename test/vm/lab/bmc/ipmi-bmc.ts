import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type OwnWorld, startInOwnWorld } from '../../../ironic/lab/own-world.ts';
import { atEndOfProcess } from '../../../support/at-end-of-process.ts';
import type { LabNetwork } from '../network/lab-network.ts';
import type { BootDevice, Chassis } from './chassis.ts';
import { emulation, type IpmiAccount, ipmiPort, lanConf } from './ipmi-sim-conf.ts';

/** ipmi_sim's words for what we know as boot devices; what is not here no machine of the lab has. */
const bootDevices: Readonly<Record<string, BootDevice>> = { none: 'disk', default: 'disk', pxe: 'network' };

/** Of the wire, in the namespace of the network, where nothing else listens. */
export const wirePort = 9002;

/**
 * OpenIPMI's ipmi_sim at the address that the network has for it: the BMC that Ironic's own ipmitool talks to, and the one that the
 * operating system of the machine finds at its KCS port. It asks a program for power and boot device; the program asks here.
 */
export class IpmiBmc implements AsyncDisposable {
  readonly account: IpmiAccount = { name: 'admin', password: 'lab-password' };
  readonly address: string;
  readonly port = ipmiPort;
  /** What ipmi_sim asked for, such as `chassis set power 1`. */
  readonly calls: string[] = [];
  readonly #namespace: string;
  readonly #directory = mkdtempSync(path.join(tmpdir(), 'ih-bmc-'));
  readonly #chassis: Chassis;
  readonly #lan: Map<string, string>;
  readonly #hook: Server;
  #world: OwnWorld | null = null;
  #bootDevice = 'none';

  constructor(network: LabNetwork, chassis: Chassis) {
    atEndOfProcess(() => this.#removeFiles());
    this.#namespace = network.namespace;
    this.address = network.bmcAddress;
    this.#chassis = chassis;
    this.#lan = new Map([
      ...[['ip_addr', this.address] as const, ['ip_addr_src', 'static'] as const],
      ...[['mac_addr', '52:54:00:bb:bb:01'] as const, ['subnet_mask', maskOf(network.prefixLength)] as const],
      ...[['default_gw_ip_addr', network.ironicAddress] as const],
    ]);
    const answerCall = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const call = (await text(request).catch(() => null))?.trim();
      if (call === undefined) return; // ipmi_sim was killed in the middle of it
      this.calls.push(call);
      const answer = await this.#answer(call.split(/\s+/)).catch((error: unknown) => {
        this.calls.push(`${call}: ${error}`);
        return null;
      });
      response.writeHead(answer === null ? 500 : 200).end(answer);
    };
    this.#hook = createServer((request, response) => void answerCall(request, response));
  }

  /** Resolves when it has been started; a moment later it answers. */
  async start(): Promise<void> {
    const [socket, hook] = [this.#at('hook.sock'), this.#at('hook')];
    await new Promise<void>((resolve) => this.#hook.listen(socket, resolve));
    const ask = `exec curl --silent --fail --unix-socket ${socket} --data "$*" http://lab/`;
    writeFileSync(hook, `#!/bin/sh\n${ask}\n`, { mode: 0o755 });
    writeFileSync(this.#at('lan.conf'), lanConf({ address: this.address, wirePort }, this.account, hook));
    writeFileSync(this.#at('emulation'), emulation);
    mkdirSync(this.#at('state'));
    const files = ['-c', this.#at('lan.conf'), '-f', this.#at('emulation'), '-s', this.#at('state')];
    this.#world = startInOwnWorld(['ipmi_sim', '-n', ...files], {
      networkNamespace: this.#namespace,
      output: this.#at('log'),
    });
  }

  /** What ipmi_sim said. */
  get log(): string {
    return readFileSync(this.#at('log'), 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#world?.kill();
    this.#hook.closeAllConnections();
    await new Promise((resolve) => this.#hook.close(resolve));
    this.#removeFiles();
  }

  #removeFiles(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #at(name: string): string {
    return path.join(this.#directory, name);
  }

  /** `chassis get power`, `chassis set boot pxe power 1`, `lan get ip_addr ...`: values are answered as `name:value` lines. */
  async #answer([what, verb, ...rest]: readonly string[]): Promise<string> {
    if (verb === 'get') {
      const valueFor =
        what === 'lan' ? (name: string) => this.#lan.get(name) ?? '' : (name: string) => this.#state(name);
      return rest.map((name) => `${name}:${valueFor(name)}\n`).join('');
    }
    for (let index = 0; verb === 'set' && index + 1 < rest.length; index += 2) {
      const [name = '', value = ''] = rest.slice(index);
      if (what === 'lan') this.#lan.set(name, value);
      else await this.#set(name, value);
    }
    return '';
  }

  #state(name: string): string {
    if (name === 'power') return this.#chassis.isOn ? '1' : '0';
    return name === 'boot' ? this.#bootDevice : '0';
  }

  async #set(name: string, value: string): Promise<void> {
    if (name === 'boot') this.#bootDevice = value;
    else if (name === 'shutdown') await this.#chassis.pressPowerButton();
    else if (name === 'power' && value === '0') await this.#chassis.switchOff();
    else if (name === 'power' || name === 'reset') {
      if (name === 'reset') await this.#chassis.switchOff();
      const device = bootDevices[this.#bootDevice];
      if (device === undefined) throw new Error(`there is no boot device "${this.#bootDevice}"`);
      await this.#chassis.switchOn(device);
    }
  }
}

function maskOf(prefixLength: number): string {
  const bits = (0xff_ff_ff_ff << (32 - prefixLength)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}

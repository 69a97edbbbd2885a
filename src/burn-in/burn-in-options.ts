import { isIP } from 'node:net';
import path from 'node:path';
import type { IronicNode } from '../core/ironic-node.ts';
import { nodeOptions, type TextForm, type WholeNumberRange } from '../core/node-options.ts';
import { InvalidCommandParamsError } from '../errors/catalogue.ts';
import { isObject } from '../errors/guards.ts';

/** Longer than any burn-in, and what a timer of Node can wait. */
const mostSeconds = 2_000_000;
const dayInSeconds = 86_400;

const seconds: WholeNumberRange = { fallback: dayInSeconds, least: 1, most: mostSeconds };
const workers: WholeNumberRange = { fallback: 0, least: 0, most: 100_000 };
const absolutePath: TextForm = {
  fits: (text) => path.isAbsolute(text) && path.normalize(text) === text && !text.includes('\0'),
  expected: 'an absolute path without . and ..',
};

export interface StressOptions {
  /** 0 is one for each processor. */
  readonly workers: number;
  readonly timeoutSeconds: number;
  readonly outputFile: string | null;
}

/** Options of the burn-in steps, in `driver_info` of the node. All throw InvalidCommandParamsError. */
export function cpuOptions(node: IronicNode): StressOptions {
  const said = nodeOptions('driver_info', node);
  return {
    workers: said.wholeNumber('agent_burnin_cpu_cpu', workers),
    timeoutSeconds: said.wholeNumber('agent_burnin_cpu_timeout', seconds),
    outputFile: said.text('agent_burnin_cpu_outputfile', absolutePath),
  };
}

const memoryAmount: TextForm = {
  fits: (text) => /^[1-9]\d{0,14}[bkmgt]?$/i.test(text) || isPercentage(text),
  expected: 'a share of the memory from 1% to 100%, or bytes with a unit such as 512m',
};

export function memoryOptions(node: IronicNode): StressOptions & { readonly bytes: string } {
  const said = nodeOptions('driver_info', node);
  return {
    workers: said.wholeNumber('agent_burnin_vm_vm', workers),
    bytes: said.text('agent_burnin_vm_vm-bytes', memoryAmount) ?? '98%',
    timeoutSeconds: said.wholeNumber('agent_burnin_vm_timeout', seconds),
    outputFile: said.text('agent_burnin_vm_outputfile', absolutePath),
  };
}

export interface DiskOptions {
  readonly loops: number;
  /** null is no limit: 0 in the node. */
  readonly runtimeSeconds: number | null;
  readonly outputFile: string | null;
  readonly smartTest: boolean;
}

export function diskOptions(node: IronicNode): DiskOptions {
  const said = nodeOptions('driver_info', node);
  const runtime = said.wholeNumber('agent_burnin_fio_disk_runtime', { fallback: 0, least: 0, most: mostSeconds });
  return {
    loops: said.wholeNumber('agent_burnin_fio_disk_loops', { fallback: 4, least: 1, most: 1000 }),
    runtimeSeconds: runtime === 0 ? null : runtime,
    outputFile: said.text('agent_burnin_fio_disk_outputfile', absolutePath),
    smartTest: said.toggle('agent_burnin_fio_disk_smart_test', false),
  };
}

const gpuMemory: TextForm = {
  fits: (text) => /^[1-9]\d{0,8}$/.test(text) || isPercentage(text),
  expected: 'a share of the memory from 1% to 100%, or MiB',
};

export interface GpuOptions {
  readonly installDir: string;
  readonly timeoutSeconds: number;
  readonly memory: string;
  /** How many GPUs there must be; null where nobody counts: 0 in the node. */
  readonly count: number | null;
}

export function gpuOptions(node: IronicNode): GpuOptions {
  const said = nodeOptions('driver_info', node);
  const count = said.wholeNumber('agent_burnin_gpu_count', { fallback: 0, least: 0, most: 10_000 });
  return {
    installDir: said.text('agent_burnin_gpu_install_dir', absolutePath) ?? '/opt/gpu-burn',
    timeoutSeconds: said.wholeNumber('agent_burnin_gpu_timeout', seconds),
    memory: said.text('agent_burnin_gpu_memory', gpuMemory) ?? '95%',
    count: count === 0 ? null : count,
  };
}

export interface NetworkOptions {
  /** What this node does first; then the two change places. */
  readonly role: 'writer' | 'reader';
  readonly partner: string;
  /** Of each direction. */
  readonly runtimeSeconds: number;
  /** What is written goes to it with `.writer` behind its name, what is read with `.reader`. */
  readonly outputFile: string | null;
}

const configKey = 'agent_burnin_fio_network_config';

export function networkOptions(node: IronicNode): NetworkOptions {
  const said = nodeOptions('driver_info', node);
  return {
    ...pairOf(node.driver_info?.[configKey]),
    runtimeSeconds: said.wholeNumber('agent_burnin_fio_network_runtime', { ...seconds, fallback: dayInSeconds / 4 }),
    outputFile: said.text('agent_burnin_fio_network_outputfile', absolutePath),
  };
}

function pairOf(config: unknown): Pick<NetworkOptions, 'role' | 'partner'> {
  const expected = '{"role": "writer" or "reader", "partner": a host name or address}';
  if (config === undefined || config === null) {
    throw new InvalidCommandParamsError(
      `driver_info.${configKey} is missing: expected ${expected}; this agent does not find its partner over a pairing backend`,
    );
  }
  const { role, partner } = isObject(config) ? config : {};
  const isRole = role === 'writer' || role === 'reader';
  if (isRole && typeof partner === 'string' && isHost(partner)) return { role, partner };
  throw new InvalidCommandParamsError(
    `driver_info.${configKey}: expected ${expected}, found ${JSON.stringify(config)}`,
  );
}

/** RFC 1123, section 2.1. */
function isHost(text: string): boolean {
  return isIP(text) !== 0 || (text.length <= 253 && /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(text));
}

function isPercentage(text: string): boolean {
  const share = /^(\d{1,3})%$/.exec(text)?.[1];
  return share !== undefined && Number(share) >= 1 && Number(share) <= 100;
}

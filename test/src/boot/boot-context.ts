import { tmpdir } from 'node:os';
import type { AgentFacts, AgentState } from '../../../src/core/agent-state.ts';
import type { BlockDevice } from '../../../src/core/block-device.ts';
import type { Config } from '../../../src/core/config.ts';
import type { JobContext } from '../../../src/core/job-context.ts';
import { createSafetyLatch } from '../../../src/core/safety-latch.ts';
import type { RunTool, ToolCall, ToolResult } from '../../../src/core/tool.ts';
import { jobRecords } from '../../support/job-records.ts';
import { makeDisk } from '../../support/make-block-device.ts';
import { memoryCertificates } from '../../support/memory-certificates.ts';
import { memoryCheckpoint } from '../../support/memory-checkpoint.ts';

/** Answers a call; what it returns is the standard output. */
type Answer = (call: ToolCall) => string | Partial<ToolResult> | Promise<string | Partial<ToolResult>>;

export interface BootContextOptions {
  readonly insideRamdisk?: boolean;
  readonly ownNetworkNamespace?: boolean;
  /** What the closed latch permits to be touched. */
  readonly named?: readonly string[];
  readonly answer?: Answer;
  readonly devices?: readonly BlockDevice[];
  readonly facts?: Partial<AgentFacts>;
  readonly ignoreBootloaderFailure?: boolean;
  readonly ntpServer?: string;
  readonly failIfClockNotSet?: boolean;
}

interface LoggedLine {
  readonly level: 'info' | 'warn';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface BootContext extends JobContext {
  /** Every call that got past the safety latch, in order. Nothing is ever really run. */
  readonly calls: ToolCall[];
  readonly lines: LoggedLine[];
}

/** A job context whose programs are only recorded; the latch is the real one, closed unless said otherwise. */
export function bootContext(options: BootContextOptions = {}): BootContext {
  const settings = {
    insideRamdisk: options.insideRamdisk ?? false,
    ownNetworkNamespace: options.ownNetworkNamespace ?? false,
    devices: options.named ?? [],
  };
  const latch = createSafetyLatch(settings, (path) => ({ path, disk: path }));
  const calls: ToolCall[] = [];
  const lines: LoggedLine[] = [];
  const run: RunTool = async (call) => {
    latch.permit(call.effect);
    calls.push(call);
    const given = (await options.answer?.(call)) ?? '';
    return { stdout: '', stderr: '', exitCode: 0, ...(typeof given === 'string' ? { stdout: given } : given) };
  };
  const facts: Partial<AgentFacts> = options.facts ?? {};
  const state: AgentState = {
    read: async (fact) => facts[fact] ?? null,
    write: async (fact, value) => {
      facts[fact] = value;
    },
  };
  const log = (level: 'info' | 'warn') => (fields: Readonly<Record<string, unknown>>, message: string) => {
    lines.push({ level, fields, message });
  };
  return {
    calls,
    lines,
    latch,
    run,
    state,
    jobId: 'job',
    checkpoint: memoryCheckpoint(),
    spoolDir: tmpdir(),
    certificates: memoryCertificates(),
    ...jobRecords(),
    config: {
      ignoreBootloaderFailure: options.ignoreBootloaderFailure ?? false,
      ntpServer: options.ntpServer ?? null,
      failIfClockNotSet: options.failIfClockNotSet ?? false,
    } as Config,
    log: { info: log('info'), warn: log('warn') },
    signal: new AbortController().signal,
    report: () => undefined,
    managers: {
      broken: [],
      versions: {},
      advertisedSteps: () => ({}),
      findStep: () => undefined,
      executeStep: () => Promise.reject(new Error('no steps here')),
      listBlockDevices: async (_host, { partitions = false } = {}) =>
        (options.devices ?? []).filter(({ kind }) => partitions || kind === 'disk'),
    },
  };
}

/** A block device of which only what matters is said. */
export function blockDevice(path: string, fields: Partial<BlockDevice> = {}): BlockDevice {
  return makeDisk(path, { sizeBytes: 1024 ** 3, physicalSectorBytes: 512, transport: null, ...fields });
}

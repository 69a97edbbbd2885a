import assert from 'node:assert/strict';
import type { SafetyLatch } from '../../src/core/safety-latch.ts';
import type { RunTool, ToolCall } from '../../src/core/tool.ts';
import type { DiskTarget } from '../../src/storage/device-io/disk-target.ts';
import { methodHost } from '../../src/storage/erase/act/method-host.ts';
import type { ProbedDisk } from '../../src/storage/erase/disk-probe.ts';
import {
  EraseMethodError,
  type MethodContext,
  type MethodEvidence,
  type MethodProgress,
} from '../../src/storage/erase/method.ts';
import type { FormatLimits } from '../../src/storage/erase/methods/nvme/format-run.ts';
import { createNvmeSanitize } from '../../src/storage/erase/methods/nvme/sanitize.ts';
import type { SanitizeLimits } from '../../src/storage/erase/methods/nvme/sanitize-watch.ts';
import { probeNvme } from '../../src/storage/erase/probe/probe-nvme.ts';
import type { SanitizeAction } from '../../src/tools/nvme-sanitize.ts';
import { makeDisk } from './make-block-device.ts';
import { memoryCheckpoint } from './memory-checkpoint.ts';
import { NvmeSysfs } from './nvme-sysfs.ts';
import { silentHost } from './silent-host.ts';
import { SimulatedNvme, type SimulatedNvmeOptions } from './simulated-nvme.ts';

export interface NvmeBenchOptions extends Partial<Omit<SimulatedNvmeOptions, 'sysfs'>> {
  /** Of the subsystem; the first is the one that is erased. Default: `nvme0n1` alone. */
  readonly names?: readonly string[];
  readonly limits?: Partial<SanitizeLimits & FormatLimits>;
  /** How many controllers the kernel knows; default 1. */
  readonly controllers?: number;
  /** Default: as large as id-ns says, and never opened. */
  readonly target?: DiskTarget;
}

export interface ProcessOptions {
  readonly signal?: AbortSignal;
  /** Sees each call before the drive does, and may throw: a process that dies there. */
  readonly onCall?: (call: ToolCall) => void;
  /** After the drive has answered. */
  readonly afterCall?: (call: ToolCall) => void;
}

/** One process that runs a method on the drive; several share the record. */
export interface NvmeProcess {
  readonly context: MethodContext;
  readonly reports: readonly MethodProgress[];
  /** What the latch was asked. */
  readonly permitted: readonly string[];
}

/** A simulated drive in a made-up sysfs, probed, with short limits. */
export class NvmeBench implements AsyncDisposable {
  readonly drive: SimulatedNvme;
  readonly disk: ProbedDisk;
  readonly target: DiskTarget;
  readonly limits: SanitizeLimits & FormatLimits;
  readonly sysfs: NvmeSysfs;
  readonly record = memoryCheckpoint();

  private constructor(parts: Pick<NvmeBench, 'drive' | 'disk' | 'target' | 'limits' | 'sysfs'>) {
    this.drive = parts.drive;
    this.disk = parts.disk;
    this.target = parts.target;
    this.limits = parts.limits;
    this.sysfs = parts.sysfs;
  }

  static async create(options: NvmeBenchOptions = {}): Promise<NvmeBench> {
    const {
      names = ['nvme0n1'],
      serial = 'IRONHAND-0001',
      limits: given,
      target: own,
      controllers = 1,
      ...rest
    } = options;
    const [name = ''] = names;
    const sysfs = await NvmeSysfs.create();
    sysfs.add({ serial, namespaces: names, controllers });
    const { faults, ...good } = rest;
    const drive = new SimulatedNvme({ active: names.map((_, index) => index + 1), ...good, sysfs, serial, name });
    const path = `/dev/${name}`;
    const target = own ?? { handle: undefined as never, path, sizeBytes: 131_072 * 512, sectorBytes: 512 };
    const device = makeDisk(path, { sizeBytes: target.sizeBytes, serial, transport: 'nvme' });
    const probe = await probeNvme(device, { run: drive.run }, { sysfs: sysfs.root });
    drive.faults = faults ?? {};
    const limits = {
      awaySeconds: 20,
      graceSeconds: 0.05,
      stallSeconds: 20,
      totalSeconds: 60,
      formatSeconds: 60,
      ...given,
      sysfs: sysfs.root,
    };
    return new NvmeBench({ drive, disk: { device, partitions: [], probe }, target, limits, sysfs });
  }

  process({ signal = new AbortController().signal, onCall, afterCall }: ProcessOptions = {}): NvmeProcess {
    const reports: MethodProgress[] = [];
    const permitted: string[] = [];
    const latch: SafetyLatch = {
      open: false,
      devices: [],
      permit: (effect) => void (effect.kind === 'device' && permitted.push(effect.device)),
    };
    const run: RunTool = async (call) => {
      onCall?.(call);
      const result = await this.drive.run(call);
      afterCall?.(call);
      return result;
    };
    const context: MethodContext = {
      // As the lane hands it to a method that cannot be cancelled.
      ...methodHost({ cancellable: false }, { ...silentHost(), latch, run, signal }),
      options: { readBack: 'full' } as MethodContext['options'],
      record: this.record,
      report: (progress) => void reports.push(progress),
      pollMilliseconds: 1,
    };
    return { context, reports, permitted };
  }

  get erased() {
    return { disk: this.disk, target: this.target };
  }

  /** Runs a sanitize in a process of its own. */
  sanitize(action: SanitizeAction = 'crypto', options?: ProcessOptions): Promise<MethodEvidence> {
    return createNvmeSanitize(action, this.limits).run(this.erased, this.process(options).context);
  }

  /** As if the drive gave no estimates. */
  withoutEstimates(): this {
    const sanitizeSeconds = { crypto: null, block: null, overwrite: null };
    Object.assign(this.disk.probe, { sanitizeSeconds });
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sysfs[Symbol.asyncDispose]();
  }
}

/** It is the failure of a method, and says all of this. */
export async function rejectsErase(promise: Promise<unknown>, ...texts: readonly RegExp[]): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof EraseMethodError, String(error));
    for (const text of texts) assert.match(error.message, text);
    return true;
  });
}

import type { RunTool, ToolCall } from '../../src/core/tool.ts';
import type { DiskTarget } from '../../src/storage/device-io/disk-target.ts';
import type { ProbedDisk } from '../../src/storage/erase/disk-probe.ts';
import type { EraseOptions } from '../../src/storage/erase/erase-options.ts';
import type { EraseTarget, MethodContext, MethodProgress } from '../../src/storage/erase/method.ts';
import { probeAta } from '../../src/storage/erase/probe/probe-ata.ts';
import { makeDisk } from './make-block-device.ts';
import { memoryCheckpoint } from './memory-checkpoint.ts';
import { silentHost } from './silent-host.ts';
import type { SimulatedAta } from './simulated-ata.ts';

/** What a process that is dead gets for everything that it still tries. */
class ProcessDied extends Error {}

export interface AtaJob {
  readonly target: EraseTarget;
  readonly context: MethodContext;
  readonly reports: readonly MethodProgress[];
  readonly warnings: readonly Readonly<Record<string, unknown>>[];
  /** Moments at which the process could have died, so far. */
  moments(): number;
  /** Stops the worker. */
  stop(): void;
}

export interface AtaJobOptions {
  readonly record?: MethodContext['record'];
  /** The process dies at the moment with this number: before, during or after a program, before or after a save. */
  readonly diesAt?: number;
  readonly rotational?: boolean;
  readonly target?: DiskTarget;
}

const noOptions = {} as EraseOptions;
const noTarget = {} as DiskTarget;

/** A disk as it is probed at the drive. */
export async function probedDisk(drive: SimulatedAta, rotational = false): Promise<ProbedDisk> {
  const device = makeDisk(drive.path, { rotational });
  return { device, partitions: [], probe: await probeAta(device, { run: drive.run }) };
}

/** One run of a method in one process, which may die. */
export async function ataJob(drive: SimulatedAta, options: AtaJobOptions = {}): Promise<AtaJob> {
  const disk = await probedDisk(drive, options.rotational);
  const host = silentHost();
  const reports: MethodProgress[] = [];
  const { record = memoryCheckpoint(), diesAt = Number.POSITIVE_INFINITY } = options;
  const controller = new AbortController();
  let moments = 0;
  let isDead = false;
  const mayDie = (): void => {
    moments += 1;
    if (moments === diesAt) {
      isDead = true;
      controller.abort(new ProcessDied());
    }
    if (isDead) throw new ProcessDied();
  };
  const run: RunTool = async (call) => {
    mayDie();
    const under = drive.run(untilStop(call, controller.signal));
    under.catch(() => undefined);
    mayDie();
    const result = await under;
    mayDie();
    return result;
  };
  const context: MethodContext = {
    ...host,
    run,
    signal: controller.signal,
    options: noOptions,
    pollMilliseconds: 1,
    report: (progress) => void reports.push(progress),
    record: {
      read: () => record.read(),
      save: (value) => {
        mayDie();
        record.save(value);
        mayDie();
      },
    },
  };
  return {
    target: { disk, target: options.target ?? noTarget },
    context,
    reports,
    warnings: host.warnings,
    moments: () => moments,
    stop: () => controller.abort(new Error('the worker stops')),
  };
}

/** As the runner does it: a program is killed at the end of the worker, unless it undoes something. */
function untilStop(call: ToolCall, signal: AbortSignal): ToolCall {
  return call.evenWhenAborted ? call : { ...call, signal };
}

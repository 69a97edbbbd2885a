import type { RunTool } from '../../../core/tool.ts';
import type { ByteRange } from '../../device-io/byte-range.ts';
import { type DiskTarget, flush } from '../../device-io/disk-target.ts';
import { readAttribute } from '../../sysfs.ts';
import type { ProbedDisk } from '../disk-probe.ts';
import { type EraseMethod, EraseMethodError, type MethodContext, type MethodRecord, type Support } from '../method.ts';
import { readBack } from '../verify/read-back.ts';
import { asMethodError } from './as-method-error.ts';

const sampleSeconds = 2;

/** A command after which a range of the device reads as zero, without a byte of it being sent. */
export interface ZeroingCommand {
  readonly name: 'discard' | 'write-zeroes';
  /** The program that gives it. */
  readonly tool: string;
  /** Attribute in sysfs with the most bytes that the kernel asks for at once; 0 where the device has no such command. */
  readonly limit: 'queue/discard_max_bytes' | 'queue/write_zeroes_max_bytes';
  /** Between two reports, and two looks whether to stop. A multiple of every granularity that drives have. */
  readonly stepBytes: number;
  /** Of a disk that can be written. Pure. */
  supports(disk: ProbedDisk): Support;
  /** Bytes per second, of the command and of reading back; nobody knows before. Pure. */
  assumedRates(disk: ProbedDisk): { readonly zeroing: number; readonly reading: number };
  zero(run: RunTool, path: string, range: ByteRange): Promise<void>;
}

/**
 * The method that gives this command for all of the disk and reads back that it is zero. Goes on where a former process stopped: what was
 * zeroed may be zeroed again. At most Clear in the words of NIST SP 800-88 Rev. 1: no read through the interface finds the data any more,
 * but what the drive holds beyond its addresses is not touched.
 */
export function zeroedByDevice(command: ZeroingCommand): EraseMethod {
  const { name, tool } = command;
  return {
    name,
    replay: 'resume',
    cancellable: true,
    supports: (disk) =>
      disk.device.readOnly ? { kind: 'unsupported', why: 'it is read-only' } : command.supports(disk),
    estimate: (disk, options) => {
      const { sizeBytes } = disk.device;
      const { zeroing, reading } = command.assumedRates(disk);
      return Math.ceil(sizeBytes / zeroing + (options.readBack === 'full' ? sizeBytes / reading : sampleSeconds));
    },
    sanitization: () => 'clear',
    reach: ({ device }) => [device.path],

    async run({ target }, context) {
      const most = mostBytes(target.path, command);
      if (!(most > 0)) throw new EraseMethodError(`${target.path}: the kernel has no ${name} for it`);
      try {
        await zeroAll(target, command, context);
      } catch (error) {
        context.signal.throwIfAborted();
        throw asMethodError(target.path, error);
      }
      // Where the device has refused it once, the kernel asks no more, and writes the zeros itself if it is write-zeroes.
      const details = { bytesAtOnce: most, doneByDevice: mostBytes(target.path, command) > 0 };
      return { tool, exitCode: 0, bytes: 0, badRanges: [], details };
    },

    async verify({ target }, _evidence, context) {
      const { options, signal } = context;
      const report: MethodContext['report'] = (progress) => context.report(progress);
      return [await readBack(target, { kind: 'zeros' }, options.readBack, { signal, report })];
    },
  };
}

/** By the limit of the kernel (Documentation/ABI/stable/sysfs-block). */
function mostBytes(path: string, { limit }: ZeroingCommand): number {
  return Number(readAttribute(path, limit) ?? 0);
}

async function zeroAll(target: DiskTarget, command: ZeroingCommand, context: MethodContext): Promise<void> {
  const { path, sizeBytes } = target;
  for (let done = readDone(context.record, sizeBytes); done < sizeBytes; ) {
    context.signal.throwIfAborted();
    context.report({ phase: command.name, done, total: sizeBytes });
    const end = Math.min(done + command.stepBytes, sizeBytes);
    await command.zero(context.run, path, { start: done, end });
    await flush(target);
    done = end;
    context.record.save({ sizeBytes, done } satisfies ZeroedRecord);
  }
  context.report({ phase: command.name, done: sizeBytes, total: sizeBytes });
}

interface ZeroedRecord {
  readonly sizeBytes: number;
  /** Bytes from the beginning that are zeroed and flushed. */
  readonly done: number;
}

/** From the beginning where the record is of something else: zeroing twice is harmless. */
function readDone(record: MethodRecord, sizeBytes: number): number {
  const { sizeBytes: size, done } = (record.read() ?? {}) as Readonly<Record<string, unknown>>;
  if (size !== sizeBytes || typeof done !== 'number' || !Number.isSafeInteger(done)) return 0;
  return done >= 0 && done <= sizeBytes ? done : 0;
}

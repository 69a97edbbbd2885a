import { readdirSync, readFileSync } from 'node:fs';
import { decompress } from '../../src/image/compression/decompress.ts';
import type { CompressionKind } from '../../src/image/compression/decompression-error.ts';
import { blockInput } from './block-input.ts';
import { compressionHost } from './compression-host.ts';

/** What a process that decompressed says of itself, as one line of JSON. */
export interface DecompressReport {
  readonly decompressedBytes: number;
  readonly elsewhere: boolean;
  /** Highest resident memory over that before, in MiB: of the process with its threads. */
  readonly grownMib: number;
  /** Highest resident memory of programs, in MiB. */
  readonly programMib: number;
  readonly programsBefore: readonly number[];
  readonly programsAfter: readonly number[];
  readonly threadsMore: number;
  readonly heldBlocks: number;
}

/** Threads and children of this process: proc_pid_task(5). */
const threads = (): readonly string[] => readdirSync('/proc/self/task');
const programs = (): number[] =>
  threads().flatMap((id) =>
    readFileSync(`/proc/self/task/${id}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
const memory = (pid: number | 'self', what: string): number =>
  Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Usage: kind, file, how often it comes, after how many bytes to close. Ends by itself, or something was left open. */
const [kind = '', file = '', repeat = '', stopAfter = ''] = process.argv.slice(2);
const input = blockInput(readFileSync(file), { repeat: Number(repeat) });
const before = memory('self', 'VmRSS');
const threadsBefore = threads().length;
const stream = decompress(kind as CompressionKind, input, compressionHost());
let decompressedBytes = 0;
let elsewhere = false;
while (decompressedBytes < Number(stopAfter)) {
  const block = await stream.next();
  if (!block) break;
  decompressedBytes += block.bytes.length;
  elsewhere ||= block.bytes[0] !== 0 || block.bytes.at(-1) !== 0;
  block.release();
}
const programsBefore = programs();
const programMib = Math.max(0, ...programsBefore.map((pid) => memory(pid, 'VmHWM')));
await stream.close();
const report: DecompressReport = {
  decompressedBytes,
  elsewhere,
  grownMib: memory('self', 'VmHWM') - before,
  programMib,
  programsBefore,
  programsAfter: programs(),
  threadsMore: threads().length - threadsBefore,
  heldBlocks: input.heldBlocks,
};
process.stdout.write(JSON.stringify(report));

import { isIPv6 } from 'node:net';
import type { Host } from '../core/job-context.ts';
import type { ToolNeed } from '../core/tool.ts';
import { ToolError } from '../errors/tool-error.ts';
import { createFioReader, type FioJob } from './fio-report.ts';
import { outputLines } from './output-lines.ts';
import { type StreamingCall, startTool } from './start.ts';

export const need: ToolNeed = { program: 'fio', package: 'fio', optional: true };

/**
 * Every run: reports every other second, nothing left in the working directory, and threads instead of processes, because those
 * would outlive a fio that is killed with its worker and write on.
 */
const always = ['--output-format=json', '--status-interval=2', '--thread', '--verify_state_save=0'];

/** Checksums that every block carries with its name, so that a block of an older pass is told by it. */
export type BlockChecksum = 'crc32c' | 'xxhash';

export interface DiskPass {
  readonly kind: 'write' | 'verify';
  readonly checksum: BlockChecksum;
  /** Each from its start; `bytes` are a multiple of the 4 KiB of a block. */
  readonly disks: readonly { readonly path: string; readonly bytes: number }[];
  /** null where there is no limit. */
  readonly runtimeSeconds: number | null;
}

const kinds = {
  write: ['--rw=write', '--do_verify=0', '--end_fsync=1', '--randrepeat=0'],
  verify: ['--rw=read'],
} as const;

/**
 * fio(1). Writing and verifying are two runs: in one, fio remembers every block that it wrote (28 MiB for each GiB, measured with
 * fio 3.33), and with --experimental_verify, which would not, it finds no difference at all.
 */
export function diskPassArgs({ kind, checksum, disks, runtimeSeconds }: DiskPass): readonly string[] {
  const access = ['--bs=4k', '--direct=1', '--ioengine=libaio', '--iodepth=32', `--verify=${checksum}`];
  const limit = runtimeSeconds === null ? [] : [`--runtime=${runtimeSeconds}`];
  const jobs = disks.flatMap(({ path, bytes }) => [`--name=${path}`, `--filename=${path}`, `--size=${bytes}`]);
  return [...always, ...access, ...kinds[kind], ...limit, ...jobs];
}

export type NetworkPass =
  /** Listens at all of `networkPorts`, and sends for so long once the partner has connected. */
  | { readonly kind: 'write'; readonly runtimeSeconds: number; readonly partner: string }
  /** Connects to these of them, and receives until the partner closes the connections. */
  | { readonly kind: 'read'; readonly partner: string; readonly ports: readonly number[] };

const firstPort = 9000;

/** One for each connection; the same on both sides, as ironic-python-agent has them. */
export const networkPorts: readonly number[] = Array.from({ length: 16 }, (_, index) => firstPort + index);

/** The name of the job of fio that receives. */
export const receiverAt = (port: number): string => `reader-${port}`;

export function networkPassArgs(pass: NetworkPass): readonly string[] {
  const family = isIPv6(pass.partner) ? ['--proto=tcp6'] : [];
  const engine = ['--ioengine=net', ...family, '--fill_device=1', '--gtod_reduce=1'];
  if (pass.kind === 'write') {
    const ports = [`--port=${firstPort}`, `--numjobs=${networkPorts.length}`, '--group_reporting'];
    const limit = [`--runtime=${pass.runtimeSeconds}`, '--time_based'];
    return [...always, ...engine, ...ports, ...limit, '--name=writer', '--rw=write', '--listen'];
  }
  const jobs = pass.ports.flatMap((port) => [`--name=${receiverAt(port)}`, `--port=${port}`]);
  return [...always, ...engine, '--rw=read', `--hostname=${pass.partner}`, ...jobs];
}

export interface FioOutcome {
  /** The last report. */
  readonly jobs: readonly FioJob[];
  /** Where fio ended with an exit code that is not 0; some of the jobs have an error then. */
  readonly failure: ToolError | null;
}

/** Runs to the end, telling of each report. Throws ToolError where it was aborted or is not installed, SafetyLatchError. */
export async function runFio(
  call: Pick<StreamingCall, 'args' | 'effect'>,
  host: Pick<Host, 'latch' | 'log' | 'signal'>,
  report: (jobs: readonly FioJob[]) => void,
): Promise<FioOutcome> {
  const tool = startTool({ program: need.program, package: need.package, ...call }, host);
  tool.endInput();
  const reader = createFioReader();
  let jobs: readonly FioJob[] = [];
  try {
    for await (const line of outputLines(tool.output)) {
      const told = reader.push(line);
      if (told === null) continue;
      jobs = told;
      report(told);
    }
    await tool.ended;
    return { jobs, failure: null };
  } catch (error) {
    tool.kill('its report was not understood', error);
    if (!(error instanceof ToolError) || error.exitCode === null) throw error;
    return { jobs, failure: withRemarks(error, reader.remarks()) };
  }
}

/** fio writes a part of its complaints to the standard output. */
function withRemarks(error: ToolError, remarks: string): ToolError {
  const { exitCode, stderrTail } = error;
  const said = [remarks, stderrTail].filter((text) => text !== '').join('\n');
  return new ToolError(error, { exitCode, why: `exit code ${exitCode}`, stderrTail: said });
}

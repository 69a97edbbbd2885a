import { setTimeout as sleep } from 'node:timers/promises';
import type { JobContext } from '../../src/core/job-context.ts';
import { imageInfoFromWire, imageInfoSchema } from '../../src/image/request/image-info.ts';
import { writeImage } from '../../src/image/write-image.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { createJobContext } from '../../test/support/job-context.ts';
import { measureProcess, type ProcessCost } from './process-cost.ts';
import { type FunctionShare, startProfiles } from './profile-threads.ts';
import { type ThreadCost, watchThreads } from './thread-cost.ts';

/** One image for one disk. */
export interface WriteTask {
  readonly device: string;
  readonly url: string;
  readonly sha256: string;
  readonly diskFormat: 'raw' | 'qcow2';
  /** Where the time goes, at the price of some of it. */
  readonly profile?: boolean;
}

/** A line of the job's log, or a program that was run, with the milliseconds since the start. */
export interface Mark {
  readonly what: string;
  readonly from: number;
  readonly to: number;
}

export interface WriteOutcome extends ProcessCost {
  readonly logged: readonly Mark[];
  readonly programs: readonly Mark[];
  /** Why zeros were written as data from some time on; null where they were left to the device. */
  readonly zerosWritten: string | null;
  readonly servedBytes: number;
  /** Size of the disk in the image. */
  readonly sizeBytes: number;
  readonly deviceBytes: number;
  readonly threads?: readonly ThreadCost[];
  readonly functions?: Readonly<Record<string, readonly FunctionShare[]>>;
}

const task = JSON.parse(process.argv[2] ?? '') as WriteTask;
const profiles = task.profile ? startProfiles() : null;
const plain = createJobContext({ devices: [task.device] });
const devices = await listBlockDevices(plain, { partitions: true });
const device = devices.find(({ path }) => path === task.device);
if (!device) throw new Error(`${task.device} is not listed`);
const partitions = devices.filter(({ kind, disk }) => kind === 'partition' && disk === device.path);
const imageInfo = imageInfoFromWire(
  await imageInfoSchema.validateAsync({
    id: 'bench',
    urls: [task.url],
    disk_format: task.diskFormat,
    os_hash_algo: 'sha256',
    os_hash_value: task.sha256,
  }),
);
await sleep(300);

const logged: Mark[] = [];
const programs: Mark[] = [];
let deviceBytes = 0;
const threads = task.profile ? watchThreads() : null;
const cost = measureProcess();
const started = performance.now();
const sinceStart = (): number => Number((performance.now() - started).toFixed(1));
let zerosWritten: string | null = null;
const note = (fields: Readonly<Record<string, unknown>>, what: string): void => {
  if (what === 'zeros are written as data') zerosWritten = `${Math.round(sinceStart())} ms: ${String(fields['why'])}`;
  logged.push({ what, from: sinceStart(), to: sinceStart() });
};
const context: JobContext = {
  ...plain,
  log: { info: note, warn: note },
  // Only the latest of them: each holds the partition tables of the disk.
  checkpoint: { read: () => null, save: () => undefined },
  report(progress) {
    deviceBytes = progress.deviceBytes ?? deviceBytes;
  },
  async run(call) {
    const from = sinceStart();
    try {
      return await plain.run(call);
    } finally {
      programs.push({ what: [call.program, ...call.args].join(' '), from, to: sinceStart() });
    }
  },
};
const written = await writeImage(
  { imageInfo, device, partitions, node: { uuid: 'bench' }, configDrive: null },
  context,
);
const outcome: WriteOutcome = {
  ...cost(),
  logged,
  programs,
  zerosWritten,
  servedBytes: written.servedBytes,
  sizeBytes: written.sizeBytes,
  deviceBytes,
  ...(threads ? { threads: threads() } : {}),
  ...(profiles ? { functions: await profiles() } : {}),
};
process.stdout.write(JSON.stringify(outcome));

import { tmpdir } from 'node:os';
import type { AgentFacts } from '../../src/core/agent-state.ts';
import type { Config } from '../../src/core/config.ts';
import type { JobCheckpoint, JobContext } from '../../src/core/job-context.ts';
import type { ProgressReport } from '../../src/core/progress.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { jobRecords } from './job-records.ts';
import { memoryCertificates } from './memory-certificates.ts';
import { memoryCheckpoint } from './memory-checkpoint.ts';
import { createStorageHost, type StorageHost } from './storage-host.ts';

export interface JobContextOptions {
  /** Default: one that starts empty and stays in memory. */
  readonly checkpoint?: JobCheckpoint;
  /** Default: the temporary directory of the machine. */
  readonly spoolDir?: string;
  /** The only devices that the job may touch, or see. */
  readonly devices: readonly string[];
  readonly config?: Partial<Config>;
  readonly signal?: AbortSignal;
}

export interface TestJobContext extends JobContext {
  readonly entries: StorageHost['entries'];
  readonly reports: readonly ProgressReport[];
  readonly facts: Partial<AgentFacts>;
  /** What was saved last. */
  readonly checkpoint: JobCheckpoint;
}

/** Options about images as they are when nothing is configured, but quick to give up. */
const imageConfig: Partial<Config> = {
  md5Enabled: true,
  imageDownloadConnectionTimeoutSeconds: 2,
  imageDownloadConnectionRetries: 1,
  imageDownloadConnectionRetryIntervalSeconds: 0,
  imageDownloadMaxDurationSeconds: 0,
  imageServerAuthStrategy: 'noauth',
  imageServerUser: null,
  imageServerPassword: null,
  imageAllowedNetworks: ['127.0.0.0/8'],
  permittedImageFormats: ['raw', 'gpt', 'qcow2'],
  disableDeepImageInspection: false,
  imageCheckpointMib: 256,
  imageVerification: 'none',
  imageSpoolBytes: 0,
  imageConvertMemoryLimitMib: 2048,
  imageConvertAttempts: 3,
  efiSystemPartitionSizeMib: 550,
  biosBootPartitionSizeMib: 1,
  configDriveRebuild: false,
  insecure: false,
  caFile: null,
  certFile: null,
  keyFile: null,
};

/** A job on the real machine with the real latch and tool runner; state, log and progress are kept for the test to see. */
export function createJobContext({ devices, config, signal, checkpoint, spoolDir }: JobContextOptions): TestJobContext {
  const host = createStorageHost(devices, { ...imageConfig, ...config });
  const reports: ProgressReport[] = [];
  const facts: Partial<AgentFacts> = {};
  return {
    ...host,
    signal: signal ?? host.signal,
    reports,
    facts,
    jobId: 'test-job',
    checkpoint: checkpoint ?? memoryCheckpoint(),
    spoolDir: spoolDir ?? tmpdir(),
    certificates: memoryCertificates(),
    ...jobRecords(),
    report: (progress) => void reports.push(progress),
    state: {
      read: async (fact) => facts[fact] ?? null,
      write: async (fact, value) => void Object.assign(facts, { [fact]: value }),
    },
    managers: {
      broken: [],
      versions: {},
      advertisedSteps: () => ({}),
      findStep: () => undefined,
      executeStep: () => Promise.reject(new Error('no steps here')),
      listBlockDevices: (_host, { partitions = false } = {}) => listBlockDevices(host, { partitions }),
    },
  };
}

import { tmpdir } from 'node:os';
import type { BlockDevice } from '../../src/core/block-device.ts';
import type { IronicNode } from '../../src/core/ironic-node.ts';
import type { StepContext } from '../../src/core/job-context.ts';
import type { ProgressReport } from '../../src/core/progress.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { memoryCertificates } from './memory-certificates.ts';
import { memoryCheckpoint } from './memory-checkpoint.ts';
import type { StorageHost } from './storage-host.ts';

/** What a storage step gets, on a host with named devices; `reports` is what the step told of its progress. */
export function createStorageStepContext(
  host: StorageHost,
  options: { readonly node?: Partial<IronicNode>; readonly devices?: readonly BlockDevice[] } = {},
): StepContext & { readonly reports: readonly ProgressReport[] } {
  const reports: ProgressReport[] = [];
  const managers = {
    listBlockDevices: async (_host: unknown, wanted?: { readonly partitions?: boolean }) =>
      options.devices ?? listBlockDevices(host, { partitions: wanted?.partitions ?? false }),
  } as unknown as StepContext['managers'];
  return {
    ...host,
    jobId: 'test',
    checkpoint: memoryCheckpoint(),
    spoolDir: tmpdir(),
    certificates: memoryCertificates(),
    report: (progress) => void reports.push(progress),
    managers,
    state: { read: async () => null, write: async () => undefined },
    node: { uuid: '00000000-0000-4000-8000-000000000000', ...options.node },
    ports: [],
    reports,
  };
}

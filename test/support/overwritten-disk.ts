import type { BlockDevice } from '../../src/core/block-device.ts';
import { type ClaimedDevice, claimDevice } from '../../src/storage/claim-device.ts';
import { targetOf } from '../../src/storage/device-io/disk-target.ts';
import type { EraseOptions, Pass } from '../../src/storage/erase/erase-options.ts';
import type {
  Check,
  EraseMethod,
  EraseTarget,
  MethodContext,
  MethodEvidence,
  MethodProgress,
  MethodRecord,
} from '../../src/storage/erase/method.ts';
import { overwrite } from '../../src/storage/erase/methods/overwrite.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import type { LoopDevice } from './loop-device.ts';
import { memoryCheckpoint } from './memory-checkpoint.ts';
import { createStorageHost } from './storage-host.ts';

/** Passes of zeros alone, and a sampled read-back, unless something else is given. */
export const eraseOptions = (fields: Partial<EraseOptions> = {}): EraseOptions => ({
  passes: [{ kind: 'zeros' }],
  readBack: 'sample',
  nvmeSecureErase: true,
  ataSecureErase: true,
  allowWeaker: false,
  skipReadOnly: false,
  concurrency: 1,
  controllerConcurrency: 1,
  method: null,
  dissolveArrays: false,
  fabricDevices: [],
  ...fields,
});

export interface TestMethodContext extends MethodContext {
  readonly reports: readonly MethodProgress[];
  readonly saved: readonly unknown[];
}

export interface MethodContextFields {
  readonly options?: Partial<EraseOptions>;
  readonly record?: MethodRecord;
  readonly signal?: AbortSignal;
  onReport?(progress: MethodProgress): void;
}

/** What a method gets that may touch one device; what it reports and saves is kept. */
export function createMethodContext(device: string, fields: MethodContextFields = {}): TestMethodContext {
  const host = createStorageHost([device]);
  const reports: MethodProgress[] = [];
  const saved: unknown[] = [];
  const record = fields.record ?? memoryCheckpoint();
  return {
    ...host,
    ...(fields.signal ? { signal: fields.signal } : {}),
    options: eraseOptions(fields.options),
    record: {
      read: () => record.read(),
      save(value) {
        saved.push(value);
        record.save(value);
      },
    },
    report(progress) {
      reports.push(progress);
      fields.onReport?.(progress);
    },
    pollMilliseconds: 1,
    reports,
    saved,
  };
}

export interface ClaimedTarget extends EraseTarget, AsyncDisposable {
  readonly claim: ClaimedDevice;
}

/** Claims a device as the lanes do it: O_EXCL and O_DIRECT. */
export async function claimTarget(path: string): Promise<ClaimedTarget> {
  const host = createStorageHost([path]);
  const device = (await listBlockDevices(host, { partitions: false })).find((each) => each.path === path);
  if (!device) throw new Error(`${path} is not listed`);
  const claim = await claimDevice(device, host, { direct: true });
  return {
    claim,
    target: targetOf(claim),
    disk: diskOf(device),
    [Symbol.asyncDispose]: () => claim.close(),
  };
}

export function diskOf(device: BlockDevice): EraseTarget['disk'] {
  return { device, partitions: [], probe: { kind: 'plain', zerosAfterDiscard: false } };
}

/** Runs a method on a device that was claimed for it. */
export async function runMethod(method: EraseMethod, path: string, context: MethodContext): Promise<MethodEvidence> {
  await using target = await claimTarget(path);
  return await method.run(target, context);
}

export const streamThenZeros: readonly Pass[] = [{ kind: 'stream' }, { kind: 'zeros' }];

/** Overwrites a device and verifies that, as often as `look` is called. */
export async function overwriteAndVerify(disk: Pick<LoopDevice, 'path'>, options: Partial<EraseOptions>) {
  const context = createMethodContext(disk.path, { options });
  const evidence = await runMethod(overwrite, disk.path, context);
  const look = async (): Promise<Check> => {
    await using target = await claimTarget(disk.path);
    const [check] = await overwrite.verify(target, evidence, context);
    if (!check) throw new Error('no check');
    return check;
  };
  return { context, evidence, look, check: await look() };
}

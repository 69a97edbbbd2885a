import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import type { JobCheckpoint } from '../../src/core/job-context.ts';
import type { RunTool } from '../../src/core/tool.ts';
import { type EraseWorld, eraseGroup } from '../../src/storage/erase/act/erase-group.ts';
import { EraseJournal } from '../../src/storage/erase/act/journal.ts';
import type { DeviceErasure } from '../../src/storage/erase/device-erasure.ts';
import type { EraseMethod } from '../../src/storage/erase/method.ts';
import type { ErasePlan, PlannedErase } from '../../src/storage/erase/plan/erase-plan.ts';
import { planErase } from '../../src/storage/erase/plan/plan-erase.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { usualEraseOptions } from './erase-request.ts';
import { createLoopDevice, type LoopDevice } from './loop-device.ts';
import { memoryCheckpoint } from './memory-checkpoint.ts';
import { createStorageHost } from './storage-host.ts';

const mebibyte = 1024 ** 2;

export interface GroupScene {
  readonly methods: readonly EraseMethod[];
  readonly allowWeaker?: boolean;
  readonly method?: EraseMethod['name'] | null;
  readonly checkpoint?: JobCheckpoint;
  readonly signal?: AbortSignal;
  /** Stands between the erase and the real programs. */
  readonly run?: (real: RunTool) => RunTool;
}

/** Erases disks that one run of a method may reach, by made methods; goes on where the checkpoint has a run. */
export async function eraseAll(
  disks: readonly LoopDevice[],
  {
    methods,
    allowWeaker = false,
    method = null,
    checkpoint = memoryCheckpoint(),
    signal,
    run = (real) => real,
  }: GroupScene,
): Promise<readonly DeviceErasure[]> {
  const real = createStorageHost(disks.map(({ path }) => path));
  const host = { ...real, run: run(real.run), ...(signal ? { signal } : {}) };
  const devices = await listBlockDevices(host, { partitions: false });
  const probed = devices.map((device) => ({
    device,
    partitions: [],
    probe: { kind: 'plain', zerosAfterDiscard: false } as const,
  }));
  const plan: ErasePlan = planErase({
    step: 'erase_devices',
    options: { ...usualEraseOptions, allowWeaker, method },
    methods,
    disks: probed,
    places: new Map(),
    release: [],
    leftOut: [],
    refusals: [],
  });
  assert.deepEqual(plan.refusals, []);
  const journal =
    EraseJournal.resume(checkpoint) ??
    EraseJournal.begin(checkpoint, { plan, hash: 'of a test', startedAt: new Date().toISOString() });
  const world: EraseWorld = {
    host,
    methods: new Map(methods.map((method) => [method.name, method])),
    journal,
    report: () => undefined,
    pollMilliseconds: 1,
  };
  return await eraseGroup(plan.erase as readonly PlannedErase[], world);
}

/** Full of random bytes. */
export async function createFullDisk(sizeBytes = 8 * mebibyte): Promise<LoopDevice> {
  const disk = await createLoopDevice({ sizeBytes });
  const file = openSync(disk.path, 'r+');
  writeSync(file, randomBytes(sizeBytes));
  closeSync(file);
  return disk;
}

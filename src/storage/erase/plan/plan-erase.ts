import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../../core/canonical-json.ts';
import type { ReleaseAction } from '../../holders/release-plan.ts';
import type { Refusal } from '../../refusal.ts';
import type { ProbedDisk } from '../disk-probe.ts';
import type { EraseOptions } from '../erase-options.ts';
import type { EraseMethod } from '../method.ts';
import { chooseMethod } from './choose-method.ts';
import type { ErasePlan, EraseStepName, PlannedErase } from './erase-plan.ts';

/** Where a disk is in the machine. */
export interface DiskPlace {
  readonly lane: string;
  readonly controller: string | null;
}

/** All that a plan is made of; nothing else is looked at. */
export interface PlanInput {
  readonly step: EraseStepName;
  readonly options: EraseOptions;
  readonly methods: readonly EraseMethod[];
  readonly disks: readonly ProbedDisk[];
  readonly places: ReadonlyMap<string, DiskPlace>;
  readonly release: readonly ReleaseAction[];
  readonly leftOut: ErasePlan['leftOut'];
  /** Of the guard, of the holders, and of disks that could not be probed. */
  readonly refusals: readonly Refusal[];
}

/**
 * What the step will do, disk by disk, in the order of their paths. Pure: the same machine and the same request give the same
 * plan, in whatever order the machine lists its disks. A disk that is refused has no action, and its refusal stops all.
 */
export function planErase(input: PlanInput): ErasePlan {
  const { step, options, methods, leftOut } = input;
  const disks = [...input.disks].sort((one, other) => comparePaths(one.device.path, other.device.path));
  const refused = new Set(input.refusals.map(({ device }) => device));
  const isRefused = ({ device, partitions }: ProbedDisk): boolean =>
    [device, ...partitions].some(({ path }) => refused.has(path));
  const targets = new Set(disks.filter((disk) => !isRefused(disk)).map(({ device }) => device.path));
  const refusals = [...input.refusals];
  const erase: PlannedErase[] = [];
  for (const disk of disks) {
    if (!targets.has(disk.device.path)) continue;
    const choice = chooseMethod({ step, options, methods, targets, disk });
    if (choice.kind === 'refused') refusals.push(choice.refusal);
    else erase.push({ ...disk, ...choice.planned, ...placeOf(disk, input.places) });
  }
  return {
    step,
    options,
    release: input.release,
    erase,
    leftOut: [...leftOut].sort((one, other) => comparePaths(one.device, other.device)),
    refusals: refusals.sort((one, other) => comparePaths(one.device, other.device)),
  };
}

/** SHA-256 of the plan in canonical JSON, hexadecimal: who approves it approves everything that is in it. */
export function hashPlan(plan: ErasePlan): string {
  return createHash('sha256')
    .update(canonicalJson(plan as unknown as Json))
    .digest('hex');
}

function placeOf({ device }: ProbedDisk, places: ReadonlyMap<string, DiskPlace>): DiskPlace {
  return places.get(device.path) ?? { lane: device.path, controller: null };
}

function comparePaths(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

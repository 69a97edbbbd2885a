import type { BlockDevice } from '../../../core/block-device.ts';
import { dropPartitions } from '../../../tools/partx.ts';
import { type ClaimedDevice, claimDevice } from '../../claim-device.ts';
import { targetOf } from '../../device-io/disk-target.ts';
import { readPartitions } from '../../sysfs.ts';
import type { Check, EraseMethod, EraseTarget, MethodContext, MethodEvidence } from '../method.ts';
import type { PlannedErase } from '../plan/erase-plan.ts';
import { compareSamples, takeSamples } from '../verify/content-samples.ts';
import type { SownEvidence } from '../verify/sown-evidence.ts';
import { findWatermarks, sowWatermarks } from '../verify/watermarks.ts';
import type { EraseWorld } from './erase-group.ts';
import { methodHost } from './method-host.ts';

/** How one disk looks after one method. */
export interface MemberOutcome {
  readonly member: PlannedErase;
  readonly evidence: MethodEvidence;
  readonly checks: readonly Check[];
}

/**
 * One method on all disks that it reaches: claimed together, marked, erased by one run, claimed anew (a drive may have been
 * away meanwhile) and looked at. The guard has been asked. Rejects when the erase failed or could not be looked at.
 */
export async function attemptErase(
  group: readonly PlannedErase[],
  method: EraseMethod,
  world: EraseWorld,
): Promise<readonly MemberOutcome[]> {
  const evidence = await runMethod(group, method, world);
  const outcomes: MemberOutcome[] = [];
  for (const [index, member] of group.entries()) {
    await using claim = await claimDevice(afterReset(member.device), methodHost(method, world.host), { direct: true });
    const target: EraseTarget = { disk: member, target: targetOf(claim) };
    const own = index === 0 ? evidence : { ...evidence, bytes: 0, badRanges: [] };
    const context = contextOf(member, method, world);
    const checks = await method.verify(target, own, context);
    const { sown } = world.journal.of(member.device.path);
    outcomes.push({
      member,
      evidence: own,
      checks: [...checks, ...(sown ? await lookFor(sown, target, method, context.signal) : [])],
    });
  }
  return outcomes;
}

async function runMethod(
  group: readonly PlannedErase[],
  method: EraseMethod,
  world: EraseWorld,
): Promise<MethodEvidence> {
  const host = methodHost(method, world.host);
  const claims: ClaimedDevice[] = [];
  try {
    for (const { device } of group) {
      const isTakenUp = world.journal.of(device.path).method === method.name;
      claims.push(await claimDevice(isTakenUp ? afterReset(device) : device, host, { direct: true }));
    }
    for (const { device } of group) await forgetPartitions(device, world);
    const targets = group.map(
      (disk, index): EraseTarget => ({ disk, target: targetOf(claims[index] as ClaimedDevice) }),
    );
    for (const target of targets) await sow(target, method, world);
    const [first] = targets;
    const [leader] = group;
    if (!first || !leader) throw new TypeError('a group without a disk');
    return await method.run(first, contextOf(leader, method, world));
  } finally {
    for (const claim of claims) await claim.close();
  }
}

/** What the kernel knows of partitions could be opened, and written to, behind our back. */
async function forgetPartitions({ path }: BlockDevice, { host }: EraseWorld): Promise<void> {
  if (readPartitions(path).length > 0) await dropPartitions(host.run, path);
  const left = readPartitions(path);
  if (left.length > 0) throw new Error(`${path}: the kernel still has ${left.join(', ')}`);
}

/** Metadata alone are erased: what lies elsewhere is left as it is, and no mark may be put there. */
function leavesData(method: EraseMethod): boolean {
  return method.name === 'metadata';
}

async function sow({ disk, target }: EraseTarget, method: EraseMethod, { journal, host }: EraseWorld): Promise<void> {
  const path = disk.device.path;
  if (journal.of(path).method === method.name) return;
  const sown: SownEvidence | null = leavesData(method)
    ? null
    : { samples: await takeSamples(target, host.signal), watermarks: await sowWatermarks(target) };
  journal.update(path, { method: method.name, sown, record: null });
}

async function lookFor(
  sown: SownEvidence,
  { target }: EraseTarget,
  method: EraseMethod,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const expectNoStructure = method.name.endsWith('-crypto');
  return [
    await findWatermarks(target, sown.watermarks),
    await compareSamples(target, sown.samples, { expectNoStructure, signal }),
  ];
}

/** A drive that was reset has a new number of its disk; its serial number or WWN still tells it from others. */
function afterReset(device: BlockDevice): BlockDevice {
  if (device.serial === null && device.wwn === null) return device;
  const { diskSequence: _, ...rest } = device;
  return rest;
}

function contextOf({ device }: PlannedErase, method: EraseMethod, world: EraseWorld): MethodContext {
  const { journal, pollMilliseconds } = world;
  return {
    ...methodHost(method, world.host),
    options: journal.run.plan.options,
    pollMilliseconds,
    report: (progress) => world.report(device.path, progress),
    record: {
      read: () => journal.of(device.path).record,
      save: (record) => journal.update(device.path, { record }),
    },
  };
}

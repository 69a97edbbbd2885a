import type { IronicNode } from '../../../core/ironic-node.ts';
import type { Host, JobContext } from '../../../core/job-context.ts';
import { ProtectedDeviceError } from '../../../errors/catalogue.ts';
import { errorText } from '../../../errors/guards.ts';
import { findDeadDisks } from '../../dead-disks.ts';
import { findRefusals, guardsClusterFileSystems } from '../../guard.ts';
import { readGuardFacts } from '../../guard-facts.ts';
import { planRelease } from '../../holders/plan-release.ts';
import { distinctRefusals, type Refusal } from '../../refusal.ts';
import { findNamedByIdentity } from '../../root-device.ts';
import { readSkipList } from '../../skip-list.ts';
import { writesZeroes } from '../../writes-zeroes.ts';
import type { ProbedDisk } from '../disk-probe.ts';
import type { EraseOptions } from '../erase-options.ts';
import { readKnownPartitions } from '../metadata/known-partitions.ts';
import { type EraseMethods, eraseMethods } from '../methods/catalogue.ts';
import { readPlace } from '../probe/disk-place.ts';
import { probeDisk } from '../probe/probe-disk.ts';
import { chooseTargets } from '../targets/choose-targets.ts';
import type { DiskWithPartitions } from '../targets/select-targets.ts';
import type { EraseArgs } from './erase-args.ts';
import type { ErasePlan, EraseStepName, PlannedErase } from './erase-plan.ts';
import { tellOfLocks } from './locked-drives.ts';
import { hashPlan, planErase } from './plan-erase.ts';
import { readEraseOptions } from './read-options.ts';

export interface ErasureRequest {
  readonly step: EraseStepName;
  readonly node: IronicNode;
  readonly args: EraseArgs;
}

/**
 * Looks at the machine and plans. Nothing is changed: devices are opened for reading and asked what they are, no more. Throws
 * InvalidCommandParamsError, DeviceNotFoundError for a skip list that cannot be understood, and ToolError where there is no list
 * of devices.
 */
export async function planErasure(
  { step, node, args }: ErasureRequest,
  host: Host & Pick<JobContext, 'managers'>,
  known: EraseMethods = eraseMethods,
): Promise<{ readonly plan: ErasePlan; readonly hash: string }> {
  const options = { ...readEraseOptions(node, args, host.config), ...ofStep(step) };
  const devices = await host.managers.listBlockDevices(host, { partitions: true });
  const { targets, facts } = await chooseTargets(devices, node, options, host);
  const disks = targets.disks.map(({ disk }) => disk);
  const release = planRelease(disks, facts.holders, options);
  const guard = await judge(targets.disks, { node, options, releasable: release.releasable }, host);
  const probed = await Promise.all(targets.disks.map((target) => probe(target, host)));
  const answering = probed.flatMap((each) => ('probe' in each ? each : []));
  const plan = planErase({
    step,
    options,
    methods: [...known.values()],
    disks: answering,
    places: new Map(disks.map(({ path }) => [path, readPlace(path)])),
    release: release.actions,
    leftOut: targets.leftOut,
    refusals: distinctRefusals([
      ...targets.refusals,
      ...refuseDeadDisks(node, host),
      ...release.refusals,
      ...tellOfLocks(guard, answering),
      ...probed.flatMap((each) => ('probe' in each ? [] : each)),
    ]),
  });
  return { plan, hash: hashPlan(plan) };
}

/** Only erase_devices fails for a disk that cannot be written: ironic-python-agent leaves it out of the other two. */
function ofStep(step: EraseStepName): Partial<EraseOptions> {
  return step === 'erase_devices' ? {} : { skipReadOnly: true };
}

/**
 * Asks the guard again, about disks of a plan that nobody has touched yet and whose holders are gone; what is on a disk and its
 * partitions is judged with the disk.
 */
export async function findNewRefusals(
  waiting: readonly PlannedErase[],
  node: IronicNode,
  { options }: ErasePlan,
  host: Host,
): Promise<readonly Refusal[]> {
  const targets = waiting.map(({ device }) => ({ disk: device, partitions: [] }));
  return await judge(targets, { node, options, releasable: new Set() }, host);
}

/** The same, where no disk of the plan was touched yet. Throws ProtectedDeviceError. */
export async function assertStillPermitted(plan: ErasePlan, node: IronicNode, host: Host): Promise<void> {
  const refusals = await findNewRefusals(plan.erase, node, plan, host);
  if (refusals.length > 0) throw new ProtectedDeviceError(refusals.map(({ detail }) => detail).join('; '));
}

/** Nobody can tell what is on them; only their names are known, so the skip list can name them by nothing else. */
function refuseDeadDisks(node: IronicNode, { latch }: Host): readonly Refusal[] {
  // Outside a ramdisk only named devices exist.
  if (!latch.open) return [];
  const { fits } = readSkipList(node);
  return findDeadDisks()
    .filter((device) => !fits(device))
    .map(({ path }) => {
      return {
        device: path,
        reason: 'unreadable',
        detail: `${path} shows no capacity, so it cannot be erased`,
      } as const;
    });
}

interface Judgement {
  readonly node: IronicNode;
  readonly options: EraseOptions;
  readonly releasable: ReadonlySet<string>;
}

async function judge(
  targets: readonly DiskWithPartitions[],
  { node, options, releasable }: Judgement,
  host: Host,
): Promise<readonly Refusal[]> {
  const devices = targets.flatMap(({ disk, partitions }) => [disk, ...partitions]);
  return findRefusals(devices, await readGuardFacts(devices, host), {
    clusterFileSystems: guardsClusterFileSystems(host, node),
    named: findNamedByIdentity(devices, node),
    fabricDevices: options.fabricDevices,
    releasable,
  });
}

/** A disk that does not say what it is may not be erased: nobody knows how. */
async function probe({ disk, partitions }: DiskWithPartitions, host: Host): Promise<ProbedDisk | Refusal> {
  try {
    const known = readKnownPartitions(disk.path);
    return {
      device: disk,
      partitions,
      knownPartitions: known,
      writesZeroes: writesZeroes(disk.path),
      probe: await probeDisk(disk, host),
    };
  } catch (error) {
    return { device: disk.path, reason: 'unreadable', detail: `${disk.path} does not answer: ${errorText(error)}` };
  }
}

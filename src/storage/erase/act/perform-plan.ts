import { isCancelled } from '../../../core/job-cancelled.ts';
import type { JobContext } from '../../../core/job-context.ts';
import { idleDevicePhases } from '../../../core/progress.ts';
import type { DeviceErasure } from '../device-erasure.ts';
import { type Lane, runLanes } from '../lanes/run-lanes.ts';
import type { EraseMethods } from '../methods/catalogue.ts';
import type { PlannedErase } from '../plan/erase-plan.ts';
import { type EraseWorld, eraseGroup } from './erase-group.ts';
import type { EraseJournal } from './journal.ts';

/** Between two questions to a drive that is erasing itself. */
const pollMilliseconds = 5000;

/**
 * Walks the plan: a lane for each physical disk, several at a time, each to its end whatever becomes of the others. The results
 * come in the order of the plan. Rejects only when the worker stops; the journal then has what the next one needs.
 */
export async function performPlan(
  journal: EraseJournal,
  context: Pick<JobContext, 'report'> & EraseWorld['host'],
  methods: EraseMethods,
): Promise<readonly DeviceErasure[]> {
  const { plan } = journal.run;
  const { concurrency, controllerConcurrency } = plan.options;
  const progress = createProgress(plan.erase, journal, context);
  const world: EraseWorld = {
    host: context,
    methods,
    journal,
    report: progress.report,
    pollMilliseconds,
  };
  const lanes = toLanes(plan.erase).map(({ name, controller, groups }): Lane<readonly DeviceErasure[]> => {
    const tasks = groups.map((group) => async () => {
      const erasures = await eraseGroup(group, world);
      progress.ended();
      return erasures;
    });
    return { name, controller, tasks };
  });
  await runLanes(lanes, { total: concurrency, perController: controllerConcurrency });
  if (context.signal.aborted && !isCancelled(context.signal)) throw context.signal.reason;
  return plan.erase.map(({ device }) => {
    const { erasure } = journal.of(device.path);
    // Nobody may certify a machine of which a disk is missing.
    if (!erasure) throw new Error(`${device.path} has no result, though every lane has ended`);
    return erasure;
  });
}

interface PlannedLane {
  readonly name: string;
  readonly controller: string | null;
  /** Disks that one run of their method reaches together. */
  readonly groups: PlannedErase[][];
}

/** Pure. */
export function toLanes(erase: readonly PlannedErase[]): readonly PlannedLane[] {
  const lanes = new Map<string, PlannedLane>();
  for (const planned of erase) {
    const { lane: name, controller } = planned;
    const lane = lanes.get(name) ?? { name, controller, groups: [] };
    lanes.set(name, lane);
    const together = lane.groups.find(([first]) => first !== undefined && isOneRun(first, planned));
    if (together) together.push(planned);
    else lane.groups.push([planned]);
  }
  return [...lanes.values()];
}

function isOneRun(first: PlannedErase, other: PlannedErase): boolean {
  return (
    first.method === other.method && first.reach.includes(other.device.path) && other.reach.includes(first.device.path)
  );
}

/** Every disk by itself, and how many have ended. */
function createProgress(erase: readonly PlannedErase[], journal: EraseJournal, { report }: Pick<JobContext, 'report'>) {
  const all = (): { readonly phase: string; readonly done: number; readonly total: number } => {
    const done = erase.filter(({ device }) => journal.of(device.path).erasure !== null).length;
    return { phase: 'erase', done, total: erase.length };
  };
  const endOf = ({ device }: PlannedErase) => {
    const erasure = journal.of(device.path).erasure;
    if (!erasure) return { phase: idleDevicePhases.waiting, done: 0, total: null };
    return {
      phase: erasure.isClean ? idleDevicePhases.clean : idleDevicePhases.notClean,
      done: device.sizeBytes,
      total: device.sizeBytes,
    };
  };
  const ended = (): void => {
    const closed = erase.filter(({ device }) => journal.of(device.path).erasure !== null);
    report({ ...all(), devices: Object.fromEntries(closed.map((planned) => [planned.device.path, endOf(planned)])) });
  };
  report({ ...all(), devices: Object.fromEntries(erase.map((planned) => [planned.device.path, endOf(planned)])) });
  return {
    ended,
    report: (device: string, { phase, done, total }: { phase: string; done: number; total: number | null }): void =>
      report({ ...all(), devices: { [device]: { phase, done, total } } }),
  };
}

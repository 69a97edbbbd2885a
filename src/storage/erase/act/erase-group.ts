import { isCancelled, JobCancelled } from '../../../core/job-cancelled.ts';
import type { Host } from '../../../core/job-context.ts';
import { errorText } from '../../../errors/guards.ts';
import { readSmart } from '../../../tools/smartctl.ts';
import type { DeviceErasure, EraseAttempt } from '../device-erasure.ts';
import { type EraseMethod, type MethodProgress, toolOf } from '../method.ts';
import type { EraseMethodName } from '../method-name.ts';
import type { PlannedErase } from '../plan/erase-plan.ts';
import { attemptErase, type MemberOutcome } from './attempt-erase.ts';
import type { EraseJournal } from './journal.ts';

/** What the erase of one disk needs besides the disk. */
export interface EraseWorld {
  readonly host: Host;
  readonly methods: ReadonlyMap<EraseMethodName, EraseMethod>;
  readonly journal: EraseJournal;
  report(device: string, progress: MethodProgress): void;
  readonly pollMilliseconds: number;
}

/**
 * Erases the disks that one run of a method reaches (most often one): the planned method, then those that the plan allows after
 * it. Rejects only when the worker stops; whatever else happens to a disk is in its result, and no disk hides another.
 */
export async function eraseGroup(group: readonly PlannedErase[], world: EraseWorld): Promise<readonly DeviceErasure[]> {
  if (!isCancelled(world.host.signal)) for (const { device } of group) await begin(device.path, world);
  for (;;) {
    const open = group.filter((member) => !isEnded(member, world));
    const [leader] = open;
    if (!leader) break;
    const [name] = methodsLeft(leader, world);
    if (name === undefined) endUnclean(leader, world);
    else await tryMethod(reachedTogether(open, leader, name, world), name, world);
  }
  return group.flatMap(({ device }) => world.journal.of(device.path).erasure ?? []);
}

/** One run erases them all, and its record is with the first: none of them may have a run of its own. */
function reachedTogether(
  open: readonly PlannedErase[],
  leader: PlannedErase,
  name: EraseMethodName,
  world: EraseWorld,
): readonly PlannedErase[] {
  const reach = (member: PlannedErase) => world.methods.get(name)?.reach(member) ?? [];
  return open.filter((member) => {
    if (member === leader) return true;
    const isReached = reach(leader).includes(member.device.path) && reach(member).includes(leader.device.path);
    return isReached && methodsLeft(member, world)[0] === name;
  });
}

async function begin(device: string, { journal, host }: EraseWorld): Promise<void> {
  if (journal.of(device).startedAt !== null) return;
  const startedAt = new Date().toISOString();
  journal.update(device, { startedAt, smartBefore: await smartOf(device, host) });
}

function isEnded({ device }: PlannedErase, { journal }: EraseWorld): boolean {
  return journal.of(device.path).erasure !== null;
}

/** A method that failed in a process that died since is not tried again. */
function methodsLeft({ device, method, fallbacks }: PlannedErase, { journal, host }: EraseWorld) {
  const { attempts, erasure } = journal.of(device.path);
  if (erasure !== null || isCancelled(host.signal)) return [];
  return [method, ...fallbacks].slice(attempts.length);
}

async function tryMethod(group: readonly PlannedErase[], name: EraseMethodName, world: EraseWorld): Promise<void> {
  const { methods, host, journal } = world;
  const method = methods.get(name);
  if (!method) throw new TypeError(`no method ${name}`);
  if (isCancelled(host.signal)) return;
  try {
    const outcomes = await attemptErase(group, method, world);
    const smart = await smartOfAll(group, host);
    journal.together(() => {
      for (const outcome of outcomes) settle(outcome, smart.get(outcome.member) ?? null, method, world);
    });
  } catch (error) {
    if (host.signal.aborted && !isCancelled(host.signal)) throw error;
    const smart = await smartOfAll(group, host);
    journal.together(() => {
      for (const member of group) fail(member, smart.get(member) ?? null, method, error, world);
    });
  }
}

type Smart = DeviceErasure['smart']['after'];

function settle(outcome: MemberOutcome, smartAfter: Smart, method: EraseMethod, world: EraseWorld): void {
  const { member, evidence, checks } = outcome;
  const { tool, exitCode, bytes, badRanges, details } = evidence;
  const complaints = [
    ...checks.filter(({ passed }) => !passed).map(({ name, detail }) => `${name}: ${detail}`),
    ...(badRanges.length > 0 ? [`${badRanges.length} ranges could not be written or read back`] : []),
  ];
  // Who cancels has an unclean disk, also where the drive could not be stopped: nobody waits for a certificate that says otherwise.
  const cancelled = isCancelled(world.host.signal)
    ? `cancelled in the middle of ${method.name}, which could not be stopped and came to its end`
    : null;
  const error = complaints.length > 0 ? `not proven: ${complaints.join('; ')}` : cancelled;
  const isClean = error === null;
  const attempt = { method: method.name, error, tool, exitCode };
  if (isClean) {
    const found = { bytes, badRanges, checks, details, smartAfter };
    end(member, world, [attempt], {
      ...found,
      methodDone: method.name,
      sanitization: method.sanitization(member),
      isClean,
      reason: null,
    });
    world.host.log.info({ device: member.device.path, method: method.name }, 'erased and verified');
  } else {
    failed(member, attempt, { bytes, badRanges, checks, details, smartAfter }, world);
  }
}

/** What is known of a disk besides whether it is clean. */
type Findings = Pick<DeviceErasure, 'bytes' | 'badRanges' | 'checks' | 'details'> & {
  readonly smartAfter: Smart;
};

const nothingFound: Findings = { bytes: null, badRanges: [], checks: [], details: {}, smartAfter: null };

/** Another method is tried where the plan allows one; else that was the end of it. In one record: a process may die any time. */
function failed(member: PlannedErase, attempt: EraseAttempt, found: Findings, world: EraseWorld): void {
  const { journal, host } = world;
  const device = member.device.path;
  host.log.warn({ device, method: attempt.method, why: attempt.error }, 'the disk is not clean');
  const attempts = [...journal.of(device).attempts, attempt];
  const isLast = attempts.length > member.fallbacks.length || isCancelled(host.signal);
  if (isLast) endUnclean(member, world, [attempt], found);
  else journal.update(device, { attempts, method: null, record: null, sown: null });
}

function fail(member: PlannedErase, smartAfter: Smart, { name }: EraseMethod, error: unknown, world: EraseWorld): void {
  const text = error instanceof JobCancelled ? `cancelled in the middle of ${name}` : errorText(error);
  failed(member, { method: name, error: text, ...toolOf(error) }, { ...nothingFound, smartAfter }, world);
}

/** Every method that the plan allows has failed, or somebody cancelled. */
function endUnclean(
  member: PlannedErase,
  world: EraseWorld,
  last: readonly EraseAttempt[] = [],
  found: Findings = nothingFound,
): void {
  const tried = [...world.journal.of(member.device.path).attempts, ...last];
  const reason = tried.at(-1)?.error ?? 'cancelled before it was begun';
  end(member, world, last, { ...found, methodDone: null, sanitization: null, isClean: false, reason });
}

/** A disk that may not be erased any more, as it is now. */
export function endAsItIs(member: PlannedErase, reason: string, journal: EraseJournal): void {
  end(member, { journal }, [], { ...nothingFound, methodDone: null, sanitization: null, isClean: false, reason });
}

type Verdict = Findings & Pick<DeviceErasure, 'methodDone' | 'sanitization' | 'isClean' | 'reason'>;

function end(
  { device, method }: PlannedErase,
  { journal }: Pick<EraseWorld, 'journal'>,
  last: readonly EraseAttempt[],
  { smartAfter, ...verdict }: Verdict,
): void {
  const { startedAt, resumed, attempts, smartBefore, method: underWay } = journal.of(device.path);
  const isUntouched = underWay === null && attempts.length + last.length === 0;
  const erasure: DeviceErasure = {
    ...verdict,
    bytes: isUntouched ? 0 : verdict.bytes,
    device,
    methodAsked: method,
    startedAt,
    endedAt: new Date().toISOString(),
    attempts: [...attempts, ...last],
    resumed,
    smart: { before: smartBefore, after: smartAfter },
  };
  journal.update(device.path, { erasure, attempts: erasure.attempts, method: null, record: null, sown: null });
}

async function smartOfAll(group: readonly PlannedErase[], host: Host): Promise<ReadonlyMap<PlannedErase, Smart>> {
  const entries = group.map(async (member) => [member, await smartOf(member.device.path, host)] as const);
  return new Map(await Promise.all(entries));
}

/** For the certificate only: a disk without SMART, or without the program, is erased all the same. */
async function smartOf(device: string, { run, log }: Host): Promise<Smart> {
  try {
    return await readSmart(run, device);
  } catch (error) {
    log.warn({ device, why: errorText(error) }, 'SMART could not be read');
    return null;
  }
}

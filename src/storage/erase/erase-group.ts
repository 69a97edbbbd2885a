import { isCancelled } from '../../core/job-cancelled.ts';
import type { Host } from '../../core/job-context.ts';
import { errorText } from '../../errors/guards.ts';
import { ToolError } from '../../errors/tool-error.ts';
import { readSmart } from '../../tools/smartctl.ts';
import { attemptErase, type MemberOutcome } from './attempt-erase.ts';
import type { DeviceErasure, EraseAttempt } from './device-erasure.ts';
import type { EraseJournal } from './journal.ts';
import { type EraseMethod, EraseMethodError, type MethodProgress } from './method.ts';
import type { EraseMethodName } from './method-name.ts';
import type { PlannedErase } from './plan/erase-plan.ts';

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
  for (const { device } of group) await begin(device.path, world);
  const [leader] = group;
  const left = leader ? methodsLeft(leader, world) : [];
  const isTogether = group.length > 1 && leader !== undefined && left[0] === leader.method;
  if (isTogether) await tryMethod(group, leader.method, world);
  for (const member of group) {
    for (const name of methodsLeft(member, world)) {
      if (isEnded(member, world)) break;
      await tryMethod([member], name, world);
    }
    if (!isEnded(member, world)) endUnclean(member, world);
  }
  return group.flatMap(({ device }) => world.journal.of(device.path).erasure ?? []);
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
  const { methods, host } = world;
  const method = methods.get(name);
  if (!method) throw new TypeError(`no method ${name}`);
  if (isCancelled(host.signal)) return;
  try {
    for (const outcome of await attemptErase(group, method, world)) await settle(outcome, method, world);
  } catch (error) {
    if (host.signal.aborted && !isCancelled(host.signal)) throw error;
    for (const member of group) fail(member, method, error, world);
  }
}

async function settle(outcome: MemberOutcome, method: EraseMethod, world: EraseWorld): Promise<void> {
  const { member, evidence, checks } = outcome;
  const failed = checks.filter(({ passed }) => !passed);
  const { tool, exitCode, bytes, badRanges, details } = evidence;
  const complaints = [
    ...failed.map(({ name, detail }) => `${name}: ${detail}`),
    ...(badRanges.length > 0 ? [`${badRanges.length} ranges could not be written or read back`] : []),
  ];
  const { journal, host } = world;
  const isClean = complaints.length === 0;
  const error = isClean ? null : `not proven: ${complaints.join('; ')}`;
  note(member, { method: method.name, error, tool, exitCode }, world);
  const isLast = isClean || methodsLeft(member, world).length === 0;
  if (!isLast) return;
  end(member, world, {
    methodDone: isClean ? method.name : null,
    sanitization: isClean ? method.sanitization(member) : null,
    isClean,
    reason: error,
    bytes,
    badRanges,
    checks,
    details,
    smartAfter: await smartOf(member.device.path, host),
  });
  if (isClean) host.log.info({ device: member.device.path, method: method.name }, 'erased and verified');
  else host.log.warn({ device: member.device.path, method: method.name, why: error }, 'erase is not proven');
  journal.update(member.device.path, { record: null, sown: null });
}

function fail({ device }: PlannedErase, { name }: EraseMethod, error: unknown, world: EraseWorld): void {
  const { journal, host } = world;
  const text = isCancelled(host.signal) ? `cancelled: ${errorText(error)}` : errorText(error);
  host.log.warn({ device: device.path, method: name, why: text }, 'erase failed');
  const tool = toolOf(error);
  const attempt = { method: name, error: text, ...tool };
  journal.update(device.path, {
    attempts: [...journal.of(device.path).attempts, attempt],
    method: null,
    record: null,
    sown: null,
  });
}

function note({ device }: PlannedErase, attempt: EraseAttempt, { journal }: EraseWorld): void {
  const { attempts } = journal.of(device.path);
  journal.update(device.path, { attempts: [...attempts, attempt], method: null });
}

function toolOf(error: unknown): Pick<EraseAttempt, 'tool' | 'exitCode'> {
  if (error instanceof EraseMethodError) return { tool: error.tool, exitCode: error.exitCode };
  if (error instanceof ToolError) return { tool: error.program, exitCode: error.exitCode };
  return { tool: null, exitCode: null };
}

/** Every method that the plan allows has failed, or somebody cancelled. */
function endUnclean(member: PlannedErase, world: EraseWorld): void {
  const last = world.journal.of(member.device.path).attempts.at(-1);
  const reason = last?.error ?? 'cancelled before it was begun';
  end(member, world, {
    methodDone: null,
    sanitization: null,
    isClean: false,
    reason,
    bytes: 0,
    badRanges: [],
    checks: [],
    details: {},
    smartAfter: null,
  });
}

type Verdict = Pick<
  DeviceErasure,
  'methodDone' | 'sanitization' | 'isClean' | 'reason' | 'bytes' | 'badRanges' | 'checks' | 'details'
> & { readonly smartAfter: DeviceErasure['smart']['after'] };

function end({ device, method }: PlannedErase, { journal }: EraseWorld, verdict: Verdict): void {
  const { startedAt, resumed, attempts, smartBefore } = journal.of(device.path);
  const { smartAfter, ...rest } = verdict;
  const erasure: DeviceErasure = {
    ...rest,
    device,
    methodAsked: method,
    startedAt,
    endedAt: new Date().toISOString(),
    attempts,
    resumed,
    smart: { before: smartBefore, after: smartAfter },
  };
  journal.update(device.path, { erasure });
}

/** For the certificate only: a disk without SMART, or without the program, is erased all the same. */
async function smartOf(device: string, { run, log }: Host) {
  try {
    return await readSmart(run, device);
  } catch (error) {
    log.warn({ device, why: errorText(error) }, 'SMART could not be read');
    return null;
  }
}

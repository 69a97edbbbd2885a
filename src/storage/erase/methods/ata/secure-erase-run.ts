import { errorText } from '../../../../errors/guards.ts';
import type { CommandAnswer } from '../../../../tools/hdparm.ts';
import { eraseLimitSeconds, type SecurityVerb, sendSecurity } from '../../../../tools/hdparm-security.ts';
import { EraseMethodError, type EraseTarget, type MethodContext, type MethodEvidence, toolOf } from '../../method.ts';
import { ataProbeOf, awaitSecurity } from './drive.ts';
import { showElapsed } from './elapsed.ts';
import { disableCommand, ironhandPassword, knownPasswords, type Release, releaseSecurity } from './passwords.ts';
import { readSecureEraseRecord, type SecureEraseRecord } from './secure-erase-record.ts';

export type SecureEraseMode = 'normal' | 'enhanced';

const verbs = { normal: 'erase', enhanced: 'erase-enhanced' } as const satisfies Record<SecureEraseMode, SecurityVerb>;

/**
 * Sets a password, erases, and makes sure that the drive has disabled security again. Whatever goes wrong, security is disabled
 * afterwards, or the error says that it may not be, and what to type. A second run never erases: it cleans up and says so.
 */
export async function runSecureErase(
  mode: SecureEraseMode,
  { disk }: EraseTarget,
  context: MethodContext,
): Promise<MethodEvidence> {
  const { path } = disk.device;
  const earlier = readSecureEraseRecord(context.record);
  if (earlier?.state === 'erased') return evidence(mode, earlier, minutesOf(mode, disk));
  if (earlier) throw await interrupted(path, earlier, context);
  context.signal.throwIfAborted();
  const foundPassword = await takeOver(path, context);
  const began = performance.now();
  const record: SecureEraseRecord = {
    state: 'password',
    password: ironhandPassword,
    foundPassword,
    startedAt: new Date().toISOString(),
    seconds: null,
  };
  context.record.save(record);
  try {
    await setPassword(path, context);
    context.signal.throwIfAborted();
  } catch (error) {
    throw await cleanUp(path, error, context);
  }
  context.record.save({ ...record, state: 'erasing' } satisfies SecureEraseRecord);
  try {
    await erase(mode, disk, context);
  } catch (error) {
    throw context.signal.aborted ? leftAtWork(path, error) : await cleanUp(path, error, context);
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  const erased: SecureEraseRecord = { ...record, state: 'erased', seconds };
  context.record.save(erased);
  return evidence(mode, erased, minutesOf(mode, disk));
}

/** A drive with a password of Ironhand or of ironic-python-agent gives it up; gives the password that fitted. */
async function takeOver(path: string, context: MethodContext): Promise<string | null> {
  const security = await awaitSecurity(path, context);
  if (security.frozen) throw new EraseMethodError(`${path} is frozen by the firmware`);
  if (security.countExpired) throw new EraseMethodError(`${path} takes no password until its next power cycle`);
  if (!security.enabled) return null;
  const release = await releaseSecurity(path, knownPasswords, context);
  if (release.released) return release.password;
  throw new EraseMethodError(
    `${path} did not give up its password to ${knownPasswords.join(' or ')} (${release.state}); ` +
      `whoever has set another can disable it: ${disableCommand(path, 'PASSWORD')}`,
  );
}

async function setPassword(path: string, context: MethodContext): Promise<void> {
  const answer = await sendSecurity(context.run, 'set-pass', ironhandPassword, path);
  const { enabled } = await awaitSecurity(path, context);
  if (answer.aborted || !enabled) throw failed(path, 'did not take the password', 'set-pass', answer);
}

async function erase(mode: SecureEraseMode, disk: EraseTarget['disk'], context: MethodContext): Promise<void> {
  const { path, sizeBytes } = disk.device;
  const minutes = minutesOf(mode, disk);
  const verb = verbs[mode];
  const answer = await (async () => {
    using _ = showElapsed(minutes, context);
    return await sendSecurity(context.run, verb, ironhandPassword, path, {
      timeoutSeconds: programLimitSeconds(minutes, sizeBytes),
    });
  })();
  const { enabled, locked } = await awaitSecurity(path, context);
  if (answer.aborted) throw failed(path, 'aborted the erase', verb, answer);
  // ACS-4, 7.43: a drive that has erased disables the password itself.
  if (enabled || locked) throw failed(path, 'has kept the password, so it has not erased', verb, answer);
}

/** Longer than the kernel gives the drive, and twice what the drive says; less than the 24 days that a timer of Node takes. */
function programLimitSeconds(minutes: number | null, sizeBytes: number): number {
  const wanted = Math.max(eraseLimitSeconds(minutes, sizeBytes) + 600, (minutes ?? 0) * 120);
  return Math.min(wanted, 2_000_000);
}

/** The drive is busy, and this process has no time: the next one finds the record. */
function leftAtWork(path: string, error: unknown): EraseMethodError {
  return new EraseMethodError(`the worker stops while ${path} erases; its security is still enabled`, { cause: error });
}

async function cleanUp(path: string, error: unknown, context: MethodContext): Promise<EraseMethodError> {
  const release = await releaseSecurity(path, [ironhandPassword], context);
  return new EraseMethodError(`${errorText(error)}; ${outcomeOf(path, release)}`, { cause: error, ...toolOf(error) });
}

async function interrupted(
  path: string,
  { state, password }: SecureEraseRecord,
  context: MethodContext,
): Promise<EraseMethodError> {
  const release = await releaseSecurity(path, [password], context);
  const where = state === 'erasing' ? 'was perhaps begun' : 'was not begun';
  return new EraseMethodError(
    `interrupted: the process that erased ${path} has died; the erase ${where}, and is not begun again by itself; ` +
      outcomeOf(path, release),
  );
}

function outcomeOf(path: string, release: Release): string {
  return release.released ? `security of ${path} is disabled` : adviceFor(path, release.state);
}

/** For the operator, who finds a drive with the password of Ironhand. */
function adviceFor(path: string, state: string): string {
  return (
    `ATA security may still be enabled on ${path} (${state}). ` +
    `To disable it: cycle its power, then type: ${disableCommand(path, ironhandPassword)}`
  );
}

function failed(path: string, what: string, verb: SecurityVerb, { exitCode, said }: CommandAnswer): EraseMethodError {
  const tool = `hdparm --security-${verb}`;
  return new EraseMethodError(`${path} ${what} (${tool}: exit code ${exitCode}${said ? `, ${said}` : ''})`, {
    tool,
    exitCode,
  });
}

function minutesOf(mode: SecureEraseMode, disk: EraseTarget['disk']): number | null {
  const security = ataProbeOf(disk)?.security;
  return (mode === 'enhanced' ? security?.enhancedMinutes : security?.normalMinutes) ?? null;
}

function evidence(mode: SecureEraseMode, record: SecureEraseRecord, minutes: number | null): MethodEvidence {
  return {
    tool: `hdparm --security-${verbs[mode]}`,
    exitCode: 0,
    bytes: 0,
    badRanges: [],
    details: {
      estimatedMinutes: minutes,
      startedAt: record.startedAt,
      seconds: record.seconds,
      foundWithPassword: record.foundPassword,
      securityAfter: 'disabled',
    },
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { errorText } from '../../../../errors/guards.ts';
import { type AtaIdentity, type AtaSecurity, readIdentity } from '../../../../tools/hdparm-identify.ts';
import type { AtaProbe, ProbedDisk } from '../../disk-probe.ts';
import { EraseMethodError, type MethodContext } from '../../method.ts';

/** null for a disk that is no ATA drive. */
export function ataProbeOf({ probe }: ProbedDisk): AtaProbe | null {
  return probe.kind === 'ata' ? probe : null;
}

/** Waits between two questions, each twice as long as the one before: 17 minutes in all where one is a second. */
const patientQuestions = 11;

/**
 * Asks until the drive answers: one that erases, or was reset, may be silent for long. A drive is not asked often, because a
 * program that waits for it cannot be killed. Does not hear of the end of the worker while it asks, but does not wait then.
 * Throws EraseMethodError when it gives up.
 */
export async function awaitIdentity(path: string, context: MethodContext): Promise<AtaIdentity> {
  const { run, signal, pollMilliseconds } = context;
  for (let question = 1; ; question++) {
    try {
      return await readIdentity((call) => run({ ...call, evenWhenAborted: true }), path);
    } catch (error) {
      if (signal.aborted || question === patientQuestions) {
        throw new EraseMethodError(`${path} does not answer (asked ${question} times): ${errorText(error)}`, {
          cause: error,
        });
      }
    }
    await sleep(pollMilliseconds * 2 ** (question - 1), undefined, { signal }).catch(() => undefined);
  }
}

/** As `awaitIdentity`, for what concerns the Security feature set. */
export async function awaitSecurity(path: string, context: MethodContext): Promise<AtaSecurity> {
  const { security } = await awaitIdentity(path, context);
  if (security === null) throw new EraseMethodError(`${path} does not have the Security feature set any more`);
  return security;
}

import { errorText } from '../../../../errors/guards.ts';
import type { AtaSecurity } from '../../../../tools/hdparm-identify.ts';
import { securityArgs, sendSecurity } from '../../../../tools/hdparm-security.ts';
import type { MethodContext } from '../../method.ts';
import { awaitSecurity } from './drive.ts';

/**
 * The user password that Ironhand sets for the time of a secure erase, on every drive the same: it protects nothing, and whoever
 * finds a drive that was cut off in an erase can undo it by hand:
 * `hdparm --user-master u --security-disable ironhand /dev/sdX`.
 */
export const ironhandPassword = 'ironhand';

/** What ironic-python-agent sets: hdparm reads it as the empty password. */
const emptyPassword = 'NULL';

/** Tried on a drive that was found with a password. A drive stops listening after five wrong ones. */
export const knownPasswords: readonly string[] = [ironhandPassword, emptyPassword];

/** What an operator types to disable security by hand. */
export function disableCommand(path: string, password: string): string {
  return ['hdparm', ...securityArgs('disable', password, path)].join(' ');
}

/** Whether security is disabled now. */
export type Release =
  /** `password`: the one that disabled it; null where it was disabled already. */
  | { readonly released: true; readonly password: string | null }
  /** `state`: what the drive says, or that it says nothing. */
  | { readonly released: false; readonly state: string };

/**
 * Disables security with the first password that fits, and reads the drive again to prove it. Goes on while the worker stops: a
 * drive that keeps a password locks itself at the next power cycle. Never throws.
 */
export async function releaseSecurity(
  path: string,
  passwords: readonly string[],
  context: MethodContext,
): Promise<Release> {
  const run: MethodContext['run'] = (call) => context.run({ ...call, evenWhenAborted: true });
  let last = '';
  try {
    let security = await awaitSecurity(path, context);
    if (!security.enabled) return { released: true, password: null };
    for (const password of passwords) {
      if (security.frozen || security.countExpired) break;
      const answer = await sendSecurity(run, 'disable', password, path).catch((error: unknown) => ({
        said: errorText(error),
      }));
      last = answer.said;
      security = await awaitSecurity(path, context);
      if (!security.enabled) return { released: true, password };
    }
    return { released: false, state: `${stateOf(security)}${last ? `; ${last}` : ''}` };
  } catch (error) {
    return { released: false, state: errorText(error) };
  }
}

function stateOf({ locked, frozen, countExpired }: AtaSecurity): string {
  const states = [
    locked && 'locked',
    frozen && 'frozen',
    countExpired && 'refusing passwords after too many wrong ones',
  ];
  return ['enabled', ...states.filter((state) => state !== false)].join(', ');
}

import type { RunTool } from '../core/tool.ts';
import { type CommandAnswer, commandAnswer, runHdparm } from './hdparm.ts';

export type SecurityVerb = 'set-pass' | 'unlock' | 'disable' | 'erase' | 'erase-enhanced';

/**
 * A command of the Security feature set (ACS-4, 4.18) with the user password, in mode "high" (the master password can unlock).
 * hdparm takes the password `NULL` for an empty one. `disable` sends an unlock first, which costs a wrong password one of five
 * attempts.
 */
export function securityArgs(verb: SecurityVerb, password: string, device: string): readonly string[] {
  return ['--user-master', 'u', `--security-${verb}`, password, device];
}

/**
 * An answer that is not `aborted` proves nothing: read the identity again. An erase returns when the drive has ended it, or
 * when the kernel's time limit is over, see `eraseLimitSeconds`. Throws ToolError.
 */
export async function sendSecurity(
  run: RunTool,
  verb: SecurityVerb,
  password: string,
  device: string,
  limits: { readonly timeoutSeconds?: number } = {},
): Promise<CommandAnswer> {
  return commandAnswer(await runHdparm(run, securityArgs(verb, password, device), { kind: 'device', device }, limits));
}

/**
 * Seconds after which the kernel ends an erase that hdparm 9.65 sent, at most: the drive's estimate and at least an hour, or a
 * second for every 30 MiB and half an hour, whichever is more.
 */
export function eraseLimitSeconds(minutes: number | null, sizeBytes: number): number {
  const bySize = sizeBytes / (30 * 1024 * 1024) + 30 * 60;
  const byDrive = minutes === null ? 0 : (minutes + 90) * 60;
  return Math.ceil(Math.max(bySize, byDrive));
}

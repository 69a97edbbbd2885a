import type { Host } from '../core/job-context.ts';
import { type BootEntry, deleteBootEntry, readBootVariables } from '../tools/efibootmgr.ts';
import { findMatches } from './match-patterns.ts';

/** The firmware took the deletion of entries, but still has them. */
class EntriesLeftError extends Error {
  override readonly name = 'EntriesLeftError';
}

/**
 * Deletes every boot entry in whose device path one of the patterns (of parsePatterns) is found, and reads back that it is gone. Returns
 * what was deleted. Throws PatternError before anything is deleted; SafetyLatchError, ToolError, EntriesLeftError, or the reason of
 * the signal.
 */
export async function cleanBootEntries(
  host: Pick<Host, 'run' | 'log' | 'signal'>,
  patterns: readonly string[],
  report: (done: number, total: number) => void,
): Promise<readonly BootEntry[]> {
  const { entries } = await readBootVariables(host.run);
  const matches = findMatches(
    patterns,
    entries.map(({ devicePath }) => devicePath),
  );
  const doomed = entries.filter((_, index) => matches[index]);
  for (const [done, { number, label, devicePath }] of doomed.entries()) {
    host.signal.throwIfAborted();
    report(done, doomed.length);
    host.log.info({ number, label, devicePath }, 'deleting a boot entry');
    await deleteBootEntry(host.run, number);
  }
  const after = await readBootVariables(host.run);
  const left = doomed.filter(({ number, devicePath }) =>
    after.entries.some((entry) => entry.number === number && entry.devicePath === devicePath),
  );
  if (left.length > 0) {
    const names = left.map(({ number, label }) => `Boot${number} (${label})`).join(', ');
    throw new EntriesLeftError(`the firmware still has what was deleted: ${names}`);
  }
  report(doomed.length, doomed.length);
  return doomed;
}

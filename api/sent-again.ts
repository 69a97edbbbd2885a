import type { AnyCommand } from '../src/core/command.ts';
import type { AcceptedRequest } from '../src/queue/accepted-commands.ts';
import type { ListedCommand } from './command-list.ts';

/**
 * For how long after its acceptance a command that comes again is taken for the same one. A conductor that got no answer
 * gives up after 60 s ([agent]command_timeout), asks for the list up to three times with as much patience, and, unless the
 * command runs, sends it again at once: after 240 s at most.
 */
export const sentAgainSeconds = 250;

/**
 * Whether a POST is the last one over again, because its answer was lost. It is then answered with the command that runs, or
 * has run, already. What a conductor means to do once more differs: the node travels along, with the time of its last heartbeat.
 * A synchronous command that can be repeated (get_clean_steps, sync) is only joined while it runs: its answer is what counts,
 * and what it tells may have changed.
 */
export function isSentAgain(command: AnyCommand, asked: AcceptedRequest, last: ListedCommand): boolean {
  const earlier = last.command.asked;
  if (earlier?.digest !== asked.digest) return false;
  if (last.outcome.kind === 'running') return true;
  const { mode, handling } = command;
  if (mode === 'sync' && handling.kind === 'fixed' && handling.replay === 'repeatable') return false;
  return asked.uptimeSeconds - earlier.uptimeSeconds <= sentAgainSeconds;
}

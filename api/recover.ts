import type { AcceptedCommands } from '../src/queue/accepted-commands.ts';
import type { CommandQueues } from '../src/queue/command-queues.ts';
import type { CommandList } from './command-list.ts';

/**
 * Makes the list equal to what Redis holds: at start, and whenever Redis was away (events may be lost then). A record
 * without a job is one whose POST was never answered; it did nothing, and is taken back at start (later it may be
 * one that is just being accepted).
 */
export async function recoverList(
  list: CommandList,
  accepted: AcceptedCommands,
  queues: CommandQueues,
  isFirst: boolean,
): Promise<void> {
  for (const command of await accepted.all()) {
    const known = list.get(command.id);
    if (known && known.outcome.kind !== 'running') continue;
    const outcome = await queues.outcome(command.queue, command.id);
    if (outcome) {
      list.add(command);
      if (outcome.kind !== 'running') list.settle(command.id, outcome);
      else if (outcome.progress) list.progress(command.id, outcome.progress);
    } else if (isFirst) {
      await accepted.remove(command.id);
    }
  }
}

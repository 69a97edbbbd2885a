import { InterruptedError } from '../src/errors/catalogue.ts';
import type { AcceptedCommands } from '../src/queue/accepted-commands.ts';
import type { CommandQueues } from '../src/queue/command-queues.ts';
import type { CommandList } from './command-list.ts';

/**
 * Fills the list from what Redis holds, when the api starts. A record without a job is one whose POST was never answered; it
 * did nothing and is taken back.
 */
export async function readList(list: CommandList, accepted: AcceptedCommands, queues: CommandQueues): Promise<void> {
  for (const command of await accepted.all()) {
    const outcome = await queues.outcome(command.queue, command.id);
    if (!outcome) {
      await accepted.remove(command.id);
      continue;
    }
    list.add(command);
    list.update(command.id, outcome);
  }
}

/**
 * Makes up for the events that were lost while Redis was away. A job that Redis no longer knows has lost its outcome: it ends
 * here as interrupted, since a command never vanishes and never runs for ever.
 */
export async function catchUp(
  list: CommandList,
  queues: CommandQueues,
  isBeingAccepted: (id: string) => boolean,
): Promise<void> {
  for (const { command } of list.running()) {
    if (isBeingAccepted(command.id)) continue;
    const outcome = await queues.outcome(command.queue, command.id);
    const lost = new InterruptedError('the queue lost the job; nobody knows how far it came');
    list.update(command.id, outcome ?? { kind: 'failed', error: lost.toWire() });
  }
}

import { randomUUID } from 'node:crypto';
import type { QueueName } from '../src/core/queue-name.ts';
import type { WireError } from '../src/errors/agent-error.ts';
import { InterruptedError } from '../src/errors/catalogue.ts';
import type { AcceptedCommand, AcceptedCommands } from '../src/queue/accepted-commands.ts';
import type { CommandQueues } from '../src/queue/command-queues.ts';
import type { CommandList } from './command-list.ts';
import type { InterruptedStep } from './interrupted-boot.ts';

export interface EndWaitingDeps {
  readonly list: CommandList;
  readonly accepted: Pick<AcceptedCommands, 'add'>;
  readonly queues: Pick<CommandQueues, 'takeBack'>;
}

/**
 * Fills the list from what Redis holds, when the api starts. A record without a job is one whose POST was never answered; it
 * did nothing and is taken back.
 */
export async function readList(
  list: CommandList,
  accepted: Pick<AcceptedCommands, 'all' | 'remove'>,
  queues: Pick<CommandQueues, 'outcome'>,
): Promise<void> {
  const commands = await accepted.all();
  const outcomes = await Promise.all(commands.map(({ queue, id }) => queues.outcome(queue, id)));
  for (const [index, command] of commands.entries()) {
    const outcome = outcomes[index] ?? command.ended;
    if (outcome) {
      list.add(command);
      list.update(command.id, outcome);
    } else {
      await accepted.remove(command.id);
    }
  }
}

/**
 * Ends a command that no worker has begun, or whose worker does not come back; false where a worker holds its job. Its end is on
 * record before its job is taken back, so that it never vanishes from the list: where there is a job, that one counts.
 */
export async function endWaiting(
  command: AcceptedCommand,
  error: WireError,
  { list, accepted, queues }: EndWaitingDeps,
): Promise<boolean> {
  const ended = { kind: 'failed', error } as const;
  await accepted.add({ ...command, ended });
  if (await queues.takeBack(command.queue, command.id)) {
    list.settle(command.id, ended);
    return true;
  }
  await accepted.add(command);
  return false;
}

/**
 * Lists a step that the restart of the machine cut off, as a command that failed: an empty list would mean to a conductor that it was
 * done. Not where something was accepted in this boot, and not for a step that no worker knows (queue undefined): the conductor's own.
 */
export async function listInterrupted(
  { process, step }: InterruptedStep,
  queue: QueueName | undefined,
  { list, accepted }: Pick<EndWaitingDeps, 'list' | 'accepted'>,
): Promise<void> {
  if (queue === undefined || list.last() !== undefined) return;
  const why = `${step}: the machine restarted while the step ran; what it was working on may be half done`;
  const ended = { kind: 'failed', error: new InterruptedError(why).toWire() } as const;
  const name = `${process}.execute_${process}_step`;
  const command = { id: randomUUID(), name, mode: 'async', queue, sequence: 1, label: step, ended } as const;
  await accepted.add(command);
  list.add(command, ended);
}

/**
 * Makes up for the events that were lost while Redis was away. A job that Redis no longer knows has lost its outcome: it ends
 * here as interrupted, since a command never vanishes and never runs for ever. A Redis that came back without its data gets
 * the records back, so that the next start of the api finds them: an empty list would mean "just rebooted" to a conductor.
 */
export async function catchUp(
  list: CommandList,
  accepted: Pick<AcceptedCommands, 'add' | 'all'>,
  queues: Pick<CommandQueues, 'outcome'>,
  isBeingAccepted: (id: string) => boolean,
): Promise<void> {
  const records = new Map((await accepted.all()).map((record) => [record.id, record]));
  for (const { command } of list.running()) {
    if (isBeingAccepted(command.id)) continue;
    const lost = new InterruptedError('the queue lost the job; nobody knows how far it came');
    const outcome = await queues.outcome(command.queue, command.id);
    list.update(command.id, outcome ?? records.get(command.id)?.ended ?? { kind: 'failed', error: lost.toWire() });
  }
  for (const { command, outcome } of list.all()) {
    if (outcome.kind !== 'running' && !records.has(command.id)) await accepted.add({ ...command, ended: outcome });
  }
}

import type { Redis } from 'ioredis';
import type { CommandRecord, CommandRecords } from '../core/command-records.ts';
import { type AcceptedCommand, AcceptedCommands } from './accepted-commands.ts';
import { CommandQueues, type JobRecord } from './command-queues.ts';
import type { Keys } from './keys.ts';

/** CommandRecords of Redis. */
export function commandRecords(redis: Redis, keys: Keys): CommandRecords {
  const accepted = new AcceptedCommands(redis, keys);
  const queues = new CommandQueues(redis, keys);
  return {
    async all() {
      const commands = await accepted.all();
      return await Promise.all(
        commands.map(async (command) => recordOf(command, await queues.record(command.queue, command.id))),
      );
    },
    log: async ({ queue, id }) => await queues.log(queue, id),
  };
}

const statuses = { running: 'RUNNING', succeeded: 'SUCCEEDED', failed: 'FAILED' } as const;

function recordOf({ id, name, label, queue, ended }: AcceptedCommand, job: JobRecord | null): CommandRecord {
  const outcome = ended ?? job?.outcome;
  return {
    id,
    name,
    label,
    queue,
    status: outcome ? statuses[outcome.kind] : 'LOST',
    accepted_at: time(job?.addedAt),
    began_at: time(job?.beganAt),
    ended_at: time(job?.endedAt),
    error: outcome?.kind === 'failed' ? outcome.error : null,
    progress: job?.progress ?? null,
  };
}

function time(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}

import type { WorkerGroup } from '../core/queue-name.ts';

/**
 * Every key begins with the boot id, so that nothing of an earlier boot can be seen even where Redis outlives a reboot
 * (a conductor takes an empty command list for "just rebooted").
 */
export function keyPrefix(bootId: string): string {
  return `ironhand:${bootId}`;
}

export interface Keys {
  /** Prefix of BullMQ's own keys. */
  readonly queues: string;
  /** Hash: command id -> accepted command (JSON). */
  readonly commands: string;
  /** Hash: fact of AgentFacts -> JSON. */
  readonly facts: string;
  /** Hash: worker group -> report of its hardware managers (JSON). */
  readonly managers: string;
  /** Hash: job id -> process that runs it (JSON). */
  readonly owners: string;
  /** Set: ids of commands that somebody cancelled. */
  readonly cancelled: string;
  /** Channel that tells of each such id. */
  readonly cancelChannel: string;
  /** Strings that expire: there as long as the workers of the group are. */
  readonly workers: Readonly<Record<WorkerGroup, string>>;
}

export function keysOf(bootId: string): Keys {
  const prefix = keyPrefix(bootId);
  return {
    queues: `${prefix}:queue`,
    commands: `${prefix}:commands`,
    facts: `${prefix}:facts`,
    managers: `${prefix}:managers`,
    owners: `${prefix}:owners`,
    cancelled: `${prefix}:cancelled`,
    cancelChannel: `${prefix}:cancel`,
    workers: { storage: `${prefix}:worker:storage`, system: `${prefix}:worker:system` },
  };
}

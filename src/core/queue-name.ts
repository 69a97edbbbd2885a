/** The queues, by kind of work, so that the dashboard reads like the machine. */
export const queueNames = ['erase', 'partition', 'image', 'boot', 'raid', 'firmware', 'inspection', 'system'] as const;

export type QueueName = (typeof queueNames)[number];

/** The worker processes; each serves its queues, so that a crash in one cannot take down the other. */
export const workerGroups = {
  storage: ['erase', 'partition', 'image', 'boot', 'raid'],
  system: ['firmware', 'inspection', 'system'],
} as const satisfies Record<string, readonly QueueName[]>;

export type WorkerGroup = keyof typeof workerGroups;

export function isWorkerGroup(text: string): text is WorkerGroup {
  return Object.hasOwn(workerGroups, text);
}

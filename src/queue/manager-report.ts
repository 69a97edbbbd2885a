import type { Redis } from 'ioredis';
import type { BrokenManager } from '../core/hardware-manager.ts';
import { isSameVersions } from '../core/manager-versions.ts';
import type { QueueName, WorkerGroup } from '../core/queue-name.ts';
import type { Keys } from './keys.ts';

/** What a worker found when it loaded its hardware managers: how the api, which loads none, knows the steps. */
export interface ManagerReport {
  readonly versions: Readonly<Record<string, string>>;
  readonly broken: readonly BrokenManager[];
  /** The queue of every step that may be executed, by name. */
  readonly stepQueues: Readonly<Record<string, QueueName>>;
  /** The steps among them that cannot be cancelled once they have been accepted. */
  readonly unabortableSteps: readonly string[];
}

export async function publishManagerReport(
  redis: Redis,
  keys: Keys,
  group: WorkerGroup,
  report: ManagerReport,
): Promise<void> {
  await redis.hset(keys.managers, group, JSON.stringify(report));
}

/**
 * Publishes the report now and whenever Redis comes back, which may then know nothing any more; `onFailure` hears of the later
 * ones. Returns what ends it.
 */
export async function keepPublished(
  redis: Redis,
  keys: Keys,
  group: WorkerGroup,
  report: ManagerReport,
  onFailure: (error: unknown) => void,
): Promise<() => void> {
  const publish = (): Promise<void> => publishManagerReport(redis, keys, group, report);
  const again = (): void => void publish().catch(onFailure);
  await publish();
  redis.on('ready', again);
  return () => void redis.off('ready', again);
}

export async function readManagerReports(redis: Redis, keys: Keys): Promise<readonly ManagerReport[]> {
  return (await redis.hvals(keys.managers)).map((text) => JSON.parse(text) as ManagerReport);
}

/** The versions that another group published and that are not ours: a manager failed in one of the two. */
export function otherVersions(own: ManagerReport, all: readonly ManagerReport[]): readonly ManagerReport['versions'][] {
  return all.map(({ versions }) => versions).filter((versions) => !isSameVersions(versions, own.versions));
}

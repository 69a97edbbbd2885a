import type { AnyCommand } from '../core/command.ts';
import { erasePlan } from './erase-plan.ts';
import { inspectionCollect } from './inspection-collect.ts';

/**
 * Questions that the api answers by way of a worker, by name. Declared as commands are, but no commands: a conductor judges the
 * agent by the last of its commands, so a question is not among them, and is answered while a command runs.
 */
export const queryCatalogue: ReadonlyMap<string, AnyCommand> = new Map(
  [erasePlan, inspectionCollect].map((query) => [query.name, query]),
);

import { pathToFileURL } from 'node:url';
import type { BrokenManager, HardwareManager, ManagerRegistry } from '../core/hardware-manager.ts';
import type { Host } from '../core/job-context.ts';
import { HardwareManagerNotFoundError } from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';
import type { Discovery, FoundManager } from './discover-managers.ts';
import { managerSchema } from './manager-schema.ts';
import { type RankedManager, rankManagers } from './rank-managers.ts';
import { createManagerRegistry } from './registry.ts';
import { managerToolkit } from './toolkit.ts';

/** Longer than a program may take by default; a manager that hangs must not keep the worker from its work. */
const patienceSeconds = 120;

/**
 * Loads what was discovered beside the built-in managers, asks each how well it knows this machine, ranks and initializes
 * them. A third-party manager that fails on the way is reported in `broken` and left out; a built-in one that fails is fatal.
 * Throws HardwareManagerNotFoundError when none supports this machine.
 */
export async function loadManagers(
  builtIn: readonly HardwareManager[],
  discovery: Discovery,
  host: Host,
  limitSeconds: number = patienceSeconds,
): Promise<ManagerRegistry> {
  const broken: BrokenManager[] = [...discovery.broken];
  const ranked: RankedManager[] = [];
  for (const manager of builtIn) ranked.push({ manager, support: await manager.evaluateSupport(host) });
  for (const found of discovery.found) {
    try {
      const manager = await inTime(importManager(found), limitSeconds);
      refuseClash(
        manager,
        ranked.map((other) => other.manager),
      );
      const support = await inTime(evaluate(manager, host), limitSeconds);
      ranked.push({ manager, support });
    } catch (error) {
      broken.push({ source: found.source, reason: errorText(error) });
    }
  }
  const usable = await initialize(rankManagers(ranked), new Set(builtIn), broken, host, limitSeconds);
  if (usable.length === 0) throw new HardwareManagerNotFoundError('no hardware manager supports this machine');
  for (const { source, reason } of broken) host.log.warn({ source, reason }, 'hardware manager left out');
  return createManagerRegistry(usable, broken);
}

/** The default export is a manager, or a function that makes one out of the toolkit. */
async function importManager({ module }: FoundManager): Promise<HardwareManager> {
  const loaded = (await import(pathToFileURL(module).href)) as { readonly default?: unknown };
  const manager: unknown = typeof loaded.default === 'function' ? await loaded.default(managerToolkit) : loaded.default;
  const { error } = managerSchema.validate(manager, { convert: false });
  if (error) throw new Error(`default export: ${error.message}`, { cause: error });
  return manager as HardwareManager;
}

/** Both names are keys of what the conductor reads: the second of two would hide the first. */
function refuseClash(manager: HardwareManager, others: readonly HardwareManager[]): void {
  for (const key of ['name', 'className'] as const) {
    const isTaken = others.some((other) => other[key] === manager[key]);
    if (isTaken) throw new Error(`${key}: a manager named ${manager[key]} is there already`);
  }
}

async function evaluate(manager: HardwareManager, host: Host): Promise<number> {
  const support: unknown = await manager.evaluateSupport(host);
  if (typeof support === 'number' && Number.isFinite(support)) return support;
  throw new Error(`evaluateSupport: expected a number, got ${String(support)}`);
}

async function inTime<T>(work: Promise<T>, limitSeconds: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`took longer than ${limitSeconds} s`)), limitSeconds * 1000);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function initialize(
  managers: readonly HardwareManager[],
  builtIn: ReadonlySet<HardwareManager>,
  broken: BrokenManager[],
  host: Host,
  limitSeconds: number,
): Promise<readonly HardwareManager[]> {
  const usable: HardwareManager[] = [];
  for (const manager of managers) {
    try {
      await inTime(Promise.resolve(manager.initialize?.(host)), limitSeconds);
      usable.push(manager);
    } catch (error) {
      if (builtIn.has(manager)) throw error;
      broken.push({ source: manager.name, reason: `initialize: ${errorText(error)}` });
    }
  }
  return usable;
}

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

/**
 * Loads what was discovered beside the built-in managers, asks each how well it knows this machine, ranks and initializes
 * them. A third-party manager that fails on the way is reported in `broken` and left out; a built-in one that fails is fatal.
 * Throws HardwareManagerNotFoundError when none supports this machine.
 */
export async function loadManagers(
  builtIn: readonly HardwareManager[],
  discovery: Discovery,
  host: Host,
): Promise<ManagerRegistry> {
  const broken: BrokenManager[] = [...discovery.broken];
  const ranked: RankedManager[] = [];
  const names = new Set<string>();
  for (const manager of builtIn) {
    ranked.push({ manager, support: await manager.evaluateSupport(host) });
    names.add(manager.name);
  }
  for (const found of discovery.found) {
    try {
      const manager = await importManager(found);
      if (names.has(manager.name)) throw new Error(`a manager named ${manager.name} is there already`);
      ranked.push({ manager, support: await manager.evaluateSupport(host) });
      names.add(manager.name);
    } catch (error) {
      broken.push({ source: found.source, reason: errorText(error) });
    }
  }
  const usable = await initialize(rankManagers(ranked), new Set(builtIn), broken, host);
  if (usable.length === 0) throw new HardwareManagerNotFoundError('no hardware manager supports this machine');
  for (const { source, reason } of broken) host.log.warn({ source, reason }, 'hardware manager left out');
  return createManagerRegistry(usable, broken);
}

/** The default export is a manager, or a function that makes one out of the toolkit. */
async function importManager({ module }: FoundManager): Promise<HardwareManager> {
  const loaded = (await import(pathToFileURL(module).href)) as { readonly default?: unknown };
  const manager = typeof loaded.default === 'function' ? (loaded.default(managerToolkit) as unknown) : loaded.default;
  const { error } = managerSchema.validate(manager, { convert: false });
  if (error) throw new Error(`default export: ${error.message}`, { cause: error });
  return manager as HardwareManager;
}

async function initialize(
  managers: readonly HardwareManager[],
  builtIn: ReadonlySet<HardwareManager>,
  broken: BrokenManager[],
  host: Host,
): Promise<readonly HardwareManager[]> {
  const usable: HardwareManager[] = [];
  for (const manager of managers) {
    try {
      await manager.initialize?.(host);
      usable.push(manager);
    } catch (error) {
      if (builtIn.has(manager)) throw error;
      broken.push({ source: manager.name, reason: `initialize: ${errorText(error)}` });
    }
  }
  return usable;
}

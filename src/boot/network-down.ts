import type { Host } from '../core/job-context.ts';
import { CommandExecutionError } from '../errors/catalogue.ts';
import { listLinks, setLinkDown } from '../tools/ip.ts';

/**
 * Takes every network interface down, also those that the inventory leaves out, but not the loopback one: by that nobody reaches
 * this machine. One that fails does not keep the others up. Throws CommandExecutionError that names those that are still up.
 */
export async function takeNetworkDown({ run, log }: Pick<Host, 'run' | 'log'>): Promise<void> {
  for (const { name, isLoopback } of await listLinks(run)) {
    if (isLoopback) continue;
    await setLinkDown(run, name).catch((error: unknown) => {
      log.warn({ interface: name, error }, 'network interface could not be taken down');
    });
  }
  const up = (await listLinks(run)).filter(({ isLoopback, isUp }) => isUp && !isLoopback).map(({ name }) => name);
  if (up.length > 0) throw new CommandExecutionError(`network interfaces are still up: ${up.join(', ')}`);
}

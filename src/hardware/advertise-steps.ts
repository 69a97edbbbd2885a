import type { Config } from '../core/config.ts';
import type { AdvertisedStep, HardwareManager } from '../core/hardware-manager.ts';
import type { StepProcess } from '../core/ironic-node.ts';
import type { AnyStep } from '../core/step.ts';

/**
 * The steps that the managers offer in one process, each name once: by the manager that comes first in `ranked`, which is
 * also the first to be asked when the step is executed. The form is that of `get_*_steps`.
 */
export function advertiseSteps(
  ranked: readonly HardwareManager[],
  process: StepProcess,
  config: Config,
): Readonly<Record<string, readonly AdvertisedStep[]>> {
  const taken = new Set<string>();
  const byManager: Record<string, AdvertisedStep[]> = {};
  for (const manager of ranked) {
    const won = (manager.steps ?? []).filter((step) => step.offer[process] !== undefined && !taken.has(step.name));
    for (const step of won) taken.add(step.name);
    if (won.length > 0) byManager[manager.className] = won.map((step) => advertised(step, process, config));
  }
  return byManager;
}

function advertised(step: AnyStep, process: StepProcess, config: Config): AdvertisedStep {
  const priority = step.offer[process] ?? 0;
  const argsinfo = argumentsInfo(step);
  return {
    step: step.name,
    priority: typeof priority === 'number' ? priority : config[priority],
    interface: step.interface,
    reboot_requested: step.rebootRequested,
    abortable: step.abortable,
    ...(Object.keys(argsinfo).length > 0 ? { argsinfo } : {}),
  };
}

interface DescribedKey {
  readonly flags?: { readonly description?: string; readonly presence?: string };
}

/** argsinfo from the schema: description and presence of every key. */
function argumentsInfo(step: AnyStep): NonNullable<AdvertisedStep['argsinfo']> {
  const described = step.args.describe() as { readonly keys?: Readonly<Record<string, DescribedKey>> };
  return Object.fromEntries(
    Object.entries(described.keys ?? {}).map(([name, key]) => [
      name,
      { description: key.flags?.description ?? '', required: key.flags?.presence === 'required' },
    ]),
  );
}

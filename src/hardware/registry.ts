import type { BlockDevice } from '../core/block-device.ts';
import type { BrokenManager, HardwareManager, ManagerRegistry } from '../core/hardware-manager.ts';
import type { RequestedStep, StepProcess } from '../core/ironic-node.ts';
import type { Host, StepContext } from '../core/job-context.ts';
import type { AnyStep } from '../core/step.ts';
import {
  HardwareManagerMethodNotFoundError,
  IncompatibleHardwareMethodError,
  InvalidCommandParamsError,
} from '../errors/catalogue.ts';
import { advertiseSteps } from './advertise-steps.ts';

/** The managers of this machine, best first, behind the one interface that commands and steps see. */
export function createManagerRegistry(
  ranked: readonly HardwareManager[],
  broken: readonly BrokenManager[],
): ManagerRegistry {
  const offering = (process: StepProcess, name: string): readonly AnyStep[] =>
    ranked.flatMap((manager) =>
      (manager.steps ?? []).filter((step) => step.name === name && step.offer[process] !== undefined),
    );

  return {
    broken,
    versions: Object.fromEntries(ranked.map(({ name, version }) => [name, version])),
    findStep: (process, name) => asOne(offering(process, name)),
    advertisedSteps: (process, config) => advertiseSteps(ranked, process, config),

    async executeStep(process, requested, context): Promise<unknown> {
      const steps = offering(process, requested.step);
      return await firstCompatible(
        steps.map((step) => () => runStep(step, requested, context)),
        `${process} step ${requested.step}`,
      );
    },

    async listBlockDevices(host: Host, options = {}): Promise<readonly BlockDevice[]> {
      const partitions = options.partitions ?? false;
      const able = ranked.flatMap((manager) => manager.listBlockDevices?.bind(manager) ?? []);
      return await firstCompatible(
        able.map((list) => () => list(host, { partitions })),
        'listBlockDevices',
      );
    },
  };
}

/** The first may leave the work to one of the others: if one of them must not run twice, the step must not. */
function asOne([first, ...others]: readonly AnyStep[]): AnyStep | undefined {
  const isOnce = others.some(({ replay }) => replay === 'once');
  return first && isOnce ? Object.freeze({ ...first, replay: 'once' }) : first;
}

async function runStep(step: AnyStep, requested: RequestedStep, context: StepContext): Promise<unknown> {
  const { value, error } = step.args.validate(requested.args ?? {}, { abortEarly: false, convert: false });
  if (error) throw new InvalidCommandParamsError(`step ${step.name}: ${error.message}`, { cause: error });
  return await step.run(value, context);
}

/** The first answer of those who do not find the hardware incompatible; every other error is final. */
async function firstCompatible<T>(attempts: readonly (() => Promise<T>)[], what: string): Promise<T> {
  for (const attempt of attempts) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof IncompatibleHardwareMethodError)) throw error;
    }
  }
  throw new HardwareManagerMethodNotFoundError(`Could not find method: ${what}`);
}

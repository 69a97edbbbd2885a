import type { BlockDevice } from '../../../core/block-device.ts';
import type { IronicNode } from '../../../core/ironic-node.ts';
import type { Host } from '../../../core/job-context.ts';
import { DeviceNotFoundError } from '../../../errors/catalogue.ts';
import { DeviceHintError } from '../../hint-expression.ts';
import { readTargetFacts } from './read-target-facts.ts';
import { type EraseTargets, selectEraseTargets, type TargetOptions } from './select-targets.ts';
import type { TargetFacts } from './target-facts.ts';

/** Looks at the machine and selects; throws DeviceNotFoundError for a skip list that cannot be understood. */
export async function chooseTargets(
  devices: readonly BlockDevice[],
  node: IronicNode,
  options: TargetOptions,
  host: Host,
): Promise<{ readonly targets: EraseTargets; readonly facts: TargetFacts }> {
  try {
    const facts = await readTargetFacts(devices, node, host);
    return { targets: selectEraseTargets(devices, node, options, facts), facts };
  } catch (error) {
    if (error instanceof DeviceHintError) throw new DeviceNotFoundError(error.message, { cause: error });
    throw error;
  }
}

import type { BlockDevice } from '../core/block-device.ts';
import type { JobContext } from '../core/job-context.ts';
import { type CollectedInventory, collectInventory } from '../inventory/collect-inventory.ts';
import { rememberedBmc } from '../inventory/remembered-bmc.ts';
import { lldpInterfaces } from './collectors/lldp.ts';
import { captureLldp } from './lldp/capture.ts';

/** The inventory as Ironic gets it: what it decided at the lookup counts, and what `collect_lldp` asks for is in it. */
export async function machineInventory(
  context: JobContext,
  listDisks: () => Promise<readonly BlockDevice[]> = () => context.managers.listBlockDevices(context),
): Promise<CollectedInventory> {
  const { config, run, state } = context;
  const lldp = () => captureLldp(lldpInterfaces(), config.lldpTimeoutSeconds, context);
  const bmc = () => rememberedBmc(run, state);
  return await collectInventory(context, { listDisks, bmc, ...(config.collectLldp ? { lldp } : {}) });
}

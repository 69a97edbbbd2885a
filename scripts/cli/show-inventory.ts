import { loadConfig } from '../../src/config/load-config.ts';
import { readConfigInputs } from '../../src/config/read-config-inputs.ts';
import { lldpInterfaces } from '../../src/inspection/collectors/lldp.ts';
import { captureLldp } from '../../src/inspection/lldp/capture.ts';
import { noBmc } from '../../src/inventory/bmc.ts';
import { collectInventory } from '../../src/inventory/collect-inventory.ts';
import type { InventoryFlags } from './inventory.ts';
import { configRequest } from './options.ts';
import { withReadingHost } from './reading-host.ts';

const notRoot = 'not root: firmware and BMC do not answer everybody, so parts may be missing';
const noDevices = 'outside the ramdisk only the disks named by --devices are listed, and none is named';

/** Prints the inventory, and sets the exit code: 3 where parts of it are missing. */
export async function showInventory({ bmc = true, ...flags }: InventoryFlags): Promise<void> {
  const { config } = loadConfig(readConfigInputs(configRequest(flags)));
  const broken: string[] = [];
  const { inventory, warnings } = await withReadingHost(config, [], async (host) => {
    broken.push(...host.managers.broken.map(({ source, reason }) => `${source} is not used: ${reason}`));
    const lldp = () => captureLldp(lldpInterfaces(), config.lldpTimeoutSeconds, host);
    return await collectInventory(host, {
      listDisks: () => host.managers.listBlockDevices(host),
      ...(bmc ? {} : { bmc: () => Promise.resolve(noBmc) }),
      ...(config.collectLldp ? { lldp } : {}),
    });
  });
  const notes = [
    ...broken,
    ...(process.getuid?.() === 0 ? [] : [notRoot]),
    ...(config.insideRamdisk || config.devices.length > 0 ? [] : [noDevices]),
  ];
  const lines = [...notes.map((note) => `note: ${note}\n`), ...warnings.map((warning) => `missing: ${warning}\n`)];
  process.stderr.write(lines.join(''));
  process.stdout.write(`${JSON.stringify(inventory, null, 2)}\n`);
  process.exitCode = warnings.length > 0 ? 3 : 0;
}

import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { BlockDevice } from '../core/block-device.ts';
import type { Host } from '../core/job-context.ts';
import { errorText } from '../errors/guards.ts';
import { blockDeviceToWire } from './block-device-to-wire.ts';
import { type BmcAddresses, hasBmc, noBmc, readBmc } from './bmc.ts';
import { describeInterfaces } from './describe-interfaces.ts';
import type {
  Inventory,
  InventoryBoot,
  InventoryCpu,
  InventoryInterface,
  InventoryMemory,
  InventorySystemVendor,
} from './inventory.ts';
import { collectMemory } from './memory.ts';
import { collectProcessor } from './processor.ts';
import { collectSystemVendor } from './system-vendor.ts';

export interface CollectedInventory {
  readonly inventory: Inventory;
  /** Parts that could not be found out, and why; they are empty in the inventory. */
  readonly warnings: readonly string[];
}

/** How the parts are found out; tests replace some. */
export interface InventorySources {
  readonly listDisks: () => Promise<readonly BlockDevice[]>;
  readonly interfaces: () => Promise<readonly InventoryInterface[]>;
  readonly processor: () => Promise<InventoryCpu>;
  readonly memory: () => Promise<InventoryMemory>;
  readonly systemVendor: () => InventorySystemVendor;
  readonly bmc: () => Promise<BmcAddresses>;
  /** What switches told, by the name of the interface. */
  readonly lldp: () => Promise<Readonly<Record<string, NonNullable<InventoryInterface['lldp']>>>>;
  readonly boot: () => InventoryBoot;
  readonly hostName: () => string;
}

function machineSources({ config, run }: Pick<Host, 'config' | 'run'>): Omit<InventorySources, 'listDisks'> {
  return {
    interfaces: () => describeInterfaces(run),
    processor: () => collectProcessor(run),
    memory: () => collectMemory(),
    systemVendor: () => collectSystemVendor(),
    bmc: async () => (hasBmc() ? await readBmc(run) : noBmc),
    lldp: () => Promise.resolve({}),
    boot: () => describeBoot(config.pxeInterface),
    hostName: hostname,
  };
}

const unknownProcessor = { model_name: '', frequency: '', count: 0, architecture: '', flags: [], socket_count: null };
const unknownVendor = {
  product_name: '',
  serial_number: '',
  manufacturer: '',
  firmware: { vendor: '', version: '', build_date: '' },
};

/** What this machine is made of. One part that cannot be found out does not cost the others; it is warned of. */
export async function collectInventory(
  host: Pick<Host, 'config' | 'log' | 'run'>,
  sources: Partial<InventorySources> & Pick<InventorySources, 'listDisks'>,
): Promise<CollectedInventory> {
  const from = { ...machineSources(host), ...sources };
  const warnings: string[] = [];
  const part = async <T>(name: string, collect: () => T | Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await collect();
    } catch (error) {
      host.log.warn({ part: name, err: errorText(error) }, 'part of the inventory is missing');
      warnings.push(`${name}: ${errorText(error)}`);
      return otherwise;
    }
  };
  const bmc = await part('bmc_address', from.bmc, noBmc);
  const heard = await part('lldp', from.lldp, {});
  const interfaces = await part('interfaces', from.interfaces, []);
  const inventory = {
    interfaces: interfaces.map((each) => ({ ...each, lldp: heard[each.name] ?? each.lldp })),
    cpu: await part('cpu', from.processor, unknownProcessor),
    disks: await part('disks', async () => (await from.listDisks()).map(blockDeviceToWire), []),
    memory: await part('memory', from.memory, { total: 0, physical_mb: null }),
    bmc_address: bmc.ipv4,
    bmc_v6address: bmc.ipv6,
    system_vendor: await part('system_vendor', from.systemVendor, unknownVendor),
    boot: from.boot(),
    hostname: from.hostName(),
    ...(bmc.mac === null ? {} : { bmc_mac: bmc.mac }),
  };
  return { inventory, warnings };
}

export function describeBoot(pxeInterface: string | null, sysfs = '/sys'): InventoryBoot {
  return { current_boot_mode: existsSync(join(sysfs, 'firmware/efi')) ? 'uefi' : 'bios', pxe_interface: pxeInterface };
}

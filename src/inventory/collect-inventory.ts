import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import type { BlockDevice } from '../core/block-device.ts';
import type { Host } from '../core/job-context.ts';
import { errorText } from '../errors/guards.ts';
import { blockDeviceToWire } from './block-device-to-wire.ts';
import type { Inventory, InventoryBoot } from './inventory.ts';
import { collectMemory } from './memory.ts';
import { collectInterfaces } from './network-interfaces.ts';
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
  readonly interfaces: typeof collectInterfaces;
  readonly processor: typeof collectProcessor;
  readonly memory: typeof collectMemory;
  readonly systemVendor: typeof collectSystemVendor;
}

const machineSources = {
  interfaces: collectInterfaces,
  processor: collectProcessor,
  memory: collectMemory,
  systemVendor: collectSystemVendor,
};

const unknownProcessor = { model_name: '', frequency: '', count: 0, architecture: '', flags: [], socket_count: null };
const unknownVendor = {
  product_name: '',
  serial_number: '',
  manufacturer: '',
  firmware: { vendor: '', version: '', build_date: '' },
};

/** What this machine is made of. One part that cannot be found out does not cost the others; it is warned of. */
export async function collectInventory(
  host: Pick<Host, 'config' | 'log'>,
  sources: Partial<InventorySources> & Pick<InventorySources, 'listDisks'>,
): Promise<CollectedInventory> {
  const { listDisks, interfaces, processor, memory, systemVendor } = { ...machineSources, ...sources };
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
  if (hasBmc()) warnings.push('bmc_address: there is a BMC, but it is not asked yet');
  const inventory = {
    interfaces: await part('interfaces', () => interfaces(), []),
    cpu: await part('cpu', () => processor(), unknownProcessor),
    disks: await part('disks', async () => (await listDisks()).map(blockDeviceToWire), []),
    memory: await part('memory', () => memory(), { total: 0, physical_mb: null }),
    bmc_address: null,
    bmc_v6address: null,
    system_vendor: await part('system_vendor', () => systemVendor(), unknownVendor),
    boot: describeBoot(host.config.pxeInterface),
    hostname: hostname(),
  };
  return { inventory, warnings };
}

function describeBoot(pxeInterface: string | null): InventoryBoot {
  return { current_boot_mode: existsSync('/sys/firmware/efi') ? 'uefi' : 'bios', pxe_interface: pxeInterface };
}

function hasBmc(): boolean {
  return ['/dev/ipmi0', '/dev/ipmi/0', '/dev/ipmidev/0'].some((path) => existsSync(path));
}

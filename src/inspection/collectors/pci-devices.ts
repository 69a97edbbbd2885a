import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readAttributeFile } from '../../inventory/attribute.ts';
import type { Collector } from '../collector.ts';

/** Numbers as hexadecimal digits without 0x, except the NUMA node, which is decimal: -1 where there is none. */
export interface PciDevice {
  readonly vendor_id: string;
  readonly product_id: string;
  readonly class: string;
  readonly revision: string;
  /** `0000:01:00.0` */
  readonly bus: string;
  readonly numa_node_id: string;
}

/** What is on the PCI buses. Source: Documentation/ABI/testing/sysfs-bus-pci. Throws where the kernel has none at all. */
export function pciDevices(sysfs = '/sys'): readonly PciDevice[] {
  const root = join(sysfs, 'bus/pci/devices');
  return readdirSync(root)
    .sort()
    .map((bus) => {
      const attribute = (name: string): string => readAttributeFile(join(root, bus, name)) ?? '';
      const digits = (name: string): string => attribute(name).replace(/^0x/, '');
      return {
        vendor_id: digits('vendor'),
        product_id: digits('device'),
        class: digits('class'),
        revision: digits('revision'),
        bus,
        numa_node_id: attribute('numa_node') || '-1',
      };
    });
}

export const pciCollector: Collector = {
  name: 'pci-devices',
  limitSeconds: () => 30,
  collect: async () => ({ pci_devices: pciDevices() }),
};

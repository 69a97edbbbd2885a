import { join } from 'node:path';
import { readAttributeFile } from './attribute.ts';
import type { InventorySystemVendor } from './inventory.ts';

/**
 * Who made the machine: by DMI (Documentation/ABI/testing/sysfs-class-dmi), or by the device tree, whose texts end with a
 * zero byte. Empty texts where neither tells. Not by systeminformation: it turns the date around (11/12/2020 becomes 2020-12-11,
 * as if the day came first) and takes any machine without DMI for a container.
 */
export function collectSystemVendor(sysfs = '/sys', deviceTree = '/proc/device-tree'): InventorySystemVendor {
  const dmi = (name: string) => readAttributeFile(join(sysfs, 'class/dmi/id', name)) ?? '';
  const tree = (name: string) => readAttributeFile(join(deviceTree, name))?.replaceAll('\0', '') ?? '';
  return {
    product_name: dmi('product_name') || tree('model'),
    serial_number: dmi('product_serial') || tree('serial-number'),
    manufacturer: dmi('sys_vendor'),
    firmware: { vendor: dmi('bios_vendor'), version: dmi('bios_version'), build_date: dmi('bios_date') },
  };
}

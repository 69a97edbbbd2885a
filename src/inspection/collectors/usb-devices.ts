import { join } from 'node:path';
import { entryNames } from '../../core/entry-names.ts';
import { readAttributeFile } from '../../inventory/attribute.ts';
import type { Collector } from '../collector.ts';

export interface UsbDevice {
  readonly product: string;
  readonly vendor: string;
  /** `USB:<bus>:<device>`, as lshw(1) has it. */
  readonly handle: string;
}

/** bDeviceClass of a hub (USB 2.0, 11.23.1). */
const hub = '09';

/**
 * What is plugged into USB, without the hubs; the number in place of a name that the device does not tell. Nothing where the
 * machine has no USB. Source: Documentation/ABI/testing/sysfs-bus-usb.
 */
export function usbDevices(sysfs = '/sys'): readonly UsbDevice[] {
  const root = join(sysfs, 'bus/usb/devices');
  return entryNames(root)
    .filter((name) => !name.includes(':')) // interfaces of a device
    .flatMap((name) => {
      const attribute = (file: string): string => readAttributeFile(join(root, name, file)) ?? '';
      if (attribute('bDeviceClass') === hub) return [];
      return [
        {
          product: attribute('product') || attribute('idProduct'),
          vendor: attribute('manufacturer') || attribute('idVendor'),
          handle: `USB:${attribute('busnum')}:${attribute('devnum')}`,
        },
      ];
    });
}

export const usbCollector: Collector = {
  name: 'usb-devices',
  limitSeconds: () => 30,
  collect: async () => ({ usb_devices: usbDevices() }),
};

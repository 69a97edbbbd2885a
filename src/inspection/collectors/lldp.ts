import { readAttributeFile } from '../../inventory/attribute.ts';
import { hardwareInterfaces } from '../../inventory/mac-addresses.ts';
import type { Collector } from '../collector.ts';
import { captureLldp } from '../lldp/capture.ts';

const isUp = 1; // IFF_UP, netdevice(7)

/** The interfaces that can hear a switch: on hardware, and up. What is on top of them (bonds, VLANs) hears it by them. */
export function lldpInterfaces(sysfs = '/sys'): readonly string[] {
  return hardwareInterfaces(sysfs)
    .map(({ name }) => name)
    .filter((name) => {
      const attribute = (file: string): string | null => readAttributeFile(`${sysfs}/class/net/${name}/${file}`);
      const isPhysical = attribute('device/uevent') !== null;
      return isPhysical && (Number(attribute('flags')) & isUp) !== 0;
    });
}

export const lldpCollector: Collector = {
  name: 'lldp',
  limitSeconds: ({ lldpTimeoutSeconds }) => lldpTimeoutSeconds + 20,
  collect: async (context) => ({
    lldp_raw: await captureLldp(lldpInterfaces(), context.config.lldpTimeoutSeconds, context),
  }),
};

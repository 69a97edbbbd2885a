import { readlinkSync } from 'node:fs';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { basename, join } from 'node:path';
import { hasErrorCode } from '../errors/guards.ts';
import { readAttributeFile } from './attribute.ts';
import { biosDeviceName } from './bios-device-name.ts';
import type { InventoryInterface } from './inventory.ts';
import { hardwareInterfaces } from './mac-addresses.ts';
import { pciAddress } from './pci-address.ts';

type Addresses = Readonly<Record<string, readonly Pick<NetworkInterfaceInfo, 'address' | 'family'>[] | undefined>>;

/**
 * The network interfaces with hardware behind them, by what sysfs alone tells. Source: Documentation/ABI/testing/sysfs-class-net.
 * One of which the address begins with `fa:` is one of them: ironic-python-agent drops it, and with it many a virtual machine's
 * only card.
 */
export function collectInterfaces(sysfs = '/sys', addresses: Addresses = networkInterfaces()): InventoryInterface[] {
  return hardwareInterfaces(sysfs).map(({ name, macAddress, clientId }) => {
    const directory = join(sysfs, 'class/net', name);
    const attribute = (path: string) => readAttributeFile(join(directory, path)) || null;
    return {
      name,
      mac_address: macAddress,
      ipv4_address: addressOf(addresses[name], 'IPv4'),
      ipv6_address: addressOf(addresses[name], 'IPv6'),
      has_carrier: attribute('carrier') === '1',
      lldp: null,
      vendor: attribute('device/vendor'),
      product: attribute('device/device'),
      client_id: clientId,
      biosdevname: biosDeviceName(name, sysfs),
      speed_mbps: parseSpeed(attribute('speed')),
      pci_address: pciAddress(join(directory, 'device')),
      driver: linkName(join(directory, 'device/driver')),
    };
  });
}

/** The first address of the family; a link-local one only when there is no other. */
function addressOf(addresses: Addresses[string], family: 'IPv4' | 'IPv6'): string | null {
  const ofFamily = addresses?.filter((each) => each.family === family).map(({ address }) => address) ?? [];
  return ofFamily.find((address) => !/^(fe80:|169\.254\.)/i.test(address)) ?? ofFamily[0] ?? null;
}

/** The kernel says -1 when nothing is plugged in. */
function parseSpeed(text: string | null): number | null {
  const speed = Number(text ?? Number.NaN);
  return Number.isInteger(speed) && speed > 0 ? speed : null;
}

function linkName(path: string): string | null {
  try {
    return basename(readlinkSync(path));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EINVAL')) return null;
    throw error;
  }
}

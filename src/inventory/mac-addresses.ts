import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../core/config.ts';
import { entryNames } from '../core/entry-names.ts';
import { LookupNodeError } from '../errors/catalogue.ts';
import { hasErrorCode } from '../errors/guards.ts';

/** A network interface that Ironic should know of. */
export interface HardwareInterface {
  readonly name: string;
  /** The permanent address, in lower case; that of a bond member is not the one it answers to at the moment. */
  readonly macAddress: string;
  /** What an InfiniBand port is known by in DHCP (RFC 4390); null for Ethernet. */
  readonly clientId: string | null;
}

/**
 * The network interfaces that stand for hardware: those with a device, VLANs on them (`eth0.100`) and bonds; no loopback,
 * bridges or tunnels. Source: Documentation/ABI/testing/sysfs-class-net.
 */
export function hardwareInterfaces(sysfs = '/sys'): HardwareInterface[] {
  const root = join(sysfs, 'class/net');
  return entryNames(root).flatMap((name) => {
    const directory = join(root, name);
    const isHardware = ['device', 'bonding'].some((entry) => existsSync(join(directory, entry)));
    if (!isHardware && !/^[^.]+\.\d+$/.test(name)) return [];
    const address = readText(join(directory, 'bonding_slave/perm_hwaddr')) ?? readText(join(directory, 'address'));
    if (address === null) return [];
    const identity = infiniBandIdentity(address) ?? { macAddress: address, clientId: null };
    return isUsableMac(identity.macAddress) ? [{ name, ...identity }] : [];
  });
}

/** The MAC addresses to look the node up by: those given, else those of the machine. Throws LookupNodeError for none. */
export function lookupMacAddresses(config: Pick<Config, 'macAddresses'>, sysfs = '/sys'): readonly string[] {
  if (config.macAddresses.length > 0) return config.macAddresses.map((address) => address.toLowerCase());
  const addresses = [...new Set(hardwareInterfaces(sysfs).map(({ macAddress }) => macAddress))];
  if (addresses.length > 0) return addresses;
  const found = entryNames(join(sysfs, 'class/net')).join(', ') || 'none';
  throw new LookupNodeError(
    `expected a network interface with hardware behind it, found ${found}; mac_addresses gives other addresses to look up by`,
  );
}

/**
 * Of the 20 bytes of an InfiniBand address the last eight are the GUID of the port; without its middle two they are the MAC address
 * that Ironic has for it. The client id is what DHCP in the firmware of Mellanox cards sends: a type, their number, and the GUID.
 */
function infiniBandIdentity(address: string): Omit<HardwareInterface, 'name'> | null {
  const bytes = address.split(':');
  if (bytes.length !== 20) return null;
  const guid = bytes.slice(12);
  return {
    macAddress: [...guid.slice(0, 3), ...guid.slice(5)].join(':'),
    clientId: `ff:00:00:00:00:00:02:00:00:02:c9:00:${guid.join(':')}`,
  };
}

/** Six bytes, and not all zero. */
function isUsableMac(address: string): boolean {
  return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(address) && address !== '00:00:00:00:00:00';
}

/** An attribute that is not there, or that the driver does not tell (EINVAL), is null. */
function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim().toLowerCase();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'EINVAL', 'ENOTDIR', 'EOPNOTSUPP')) return null;
    throw error;
  }
}

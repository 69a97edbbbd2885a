import type { RunTool } from '../core/tool.ts';
import { readFastestMode } from '../tools/ethtool.ts';
import { type LinkAddresses, readAddresses } from '../tools/ip-address.ts';
import type { InventoryInterface } from './inventory.ts';
import { collectInterfaces } from './network-interfaces.ts';

/**
 * The network interfaces with what only programs can tell: the permanent address (that in use may be a bond's), and the speed that
 * a card could have, which it has while nothing is plugged in, too.
 */
export async function describeInterfaces(run: RunTool, sysfs = '/sys'): Promise<InventoryInterface[]> {
  const links = new Map((await readAddresses(run)).map((link) => [link.name, link]));
  const addresses = Object.fromEntries([...links].map(([name, link]) => [name, addressesOf(link)]));
  return await Promise.all(
    collectInterfaces(sysfs, addresses).map(async (found) => ({
      ...found,
      mac_address: links.get(found.name)?.permanentAddress ?? found.mac_address,
      speed_mbps: (await readFastestMode(run, found.name)) ?? found.speed_mbps,
    })),
  );
}

function addressesOf({ ipv4, ipv6 }: LinkAddresses) {
  return [
    ...ipv4.map((address) => ({ family: 'IPv4' as const, address })),
    ...ipv6.map((address) => ({ family: 'IPv6' as const, address })),
  ];
}

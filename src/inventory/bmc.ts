import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunTool } from '../core/tool.ts';
import { lanChannels, readLan, readLan6 } from '../tools/ipmitool.ts';

/** Where the BMC is, in the words of the inventory: null without a BMC, `0.0.0.0` and `::/0` for one without an address. */
export interface BmcAddresses {
  readonly ipv4: string | null;
  readonly ipv6: string | null;
  readonly mac: string | null;
}

export const noBmc: BmcAddresses = { ipv4: null, ipv6: null, mac: null };

const noIpv4 = '0.0.0.0';
const noIpv6 = '::/0';

/** A BMC that answers at all takes a second for a channel; all eleven of a slow one would take minutes. */
const limitSeconds = 30;
const callSeconds = 10;

/** Whether the kernel has found a BMC. Source: the names that ipmitool tries, too. */
export function hasBmc(root = '/'): boolean {
  return ['dev/ipmi0', 'dev/ipmi/0', 'dev/ipmidev/0'].some((path) => existsSync(join(root, path)));
}

/**
 * Asks the BMC for its addresses, one channel after the other. Stops at the first with an IPv4 address, having asked that one and
 * those before it for IPv6; only without IPv4 are all channels asked. Throws where the BMC does not answer within 30 s.
 */
export async function readBmc(run: RunTool, now = (): number => performance.now()): Promise<BmcAddresses> {
  const end = now() + limitSeconds * 1000;
  let found: BmcAddresses = { ipv4: noIpv4, ipv6: noIpv6, mac: null };
  for (const channel of lanChannels) {
    const timeoutSeconds = Math.min(callSeconds, Math.ceil((end - now()) / 1000));
    if (timeoutSeconds <= 0) throw new Error(`the BMC has not told of all its channels within ${limitSeconds} s`);
    const lan = await readLan(run, channel, { timeoutSeconds });
    if (lan === null) continue;
    const ipv6 = found.ipv6 === noIpv6 ? await readLan6(run, channel, { timeoutSeconds }) : null;
    found = { ...found, ipv6: ipv6 ?? found.ipv6 };
    if (lan.ipv4 !== null && lan.ipv4 !== noIpv4) return { ...found, ipv4: lan.ipv4, mac: lan.mac };
  }
  return found;
}

import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { TransferError } from './transfer-error.ts';

/** Which IP addresses an image server may have. */
export interface AddressRules {
  /** Throws a final TransferError that names `host` and the address where the address is refused. */
  check(ip: string, host: string): void;
  /** Resolves names as usual, but gives only permitted addresses: what was checked is what is connected to. */
  readonly lookup: LookupFunction;
}

type Subnet = readonly [net: string, prefix: number];

/**
 * What a server on the network has no business to send the agent to: services of the machine itself, and those that hand out
 * credentials to whoever is on it. Forms that carry an IPv4 address: BlockList sees through mapped ones (::ffff:a.b.c.d); the
 * others are compatible (::/96, RFC 4291) and translated ones (64:ff9b::/96, RFC 6052).
 */
const refusedNetworks: Readonly<Record<string, readonly Subnet[]>> = {
  loopback: [
    ['127.0.0.0', 8],
    ['::1', 128],
    ['64:ff9b::7f00:0', 104],
  ],
  unspecified: [
    ['0.0.0.0', 8],
    ['::', 96],
    ['64:ff9b::', 104],
  ],
  'a metadata service': [
    ['169.254.169.254', 32],
    ['64:ff9b::a9fe:a9fe', 128],
    ['100.100.100.200', 32],
    ['fd00:ec2::254', 128],
    ['fd20:ce::254', 128],
  ],
  'link-local': [
    ['169.254.0.0', 16],
    ['fe80::', 10],
    ['64:ff9b::a9fe:0', 112],
  ],
  multicast: [
    ['224.0.0.0', 4],
    ['ff00::', 8],
  ],
  broadcast: [['255.255.255.255', 32]],
};

const refused = Object.entries(refusedNetworks).map(([kind, subnets]) => ({ kind, list: blockList(subnets) }));

/** Rules with exceptions for `allowedNetworks` (CIDR). Throws TransferError for a network that is none. */
export function createAddressRules(allowedNetworks: readonly string[]): AddressRules {
  const allowed = blockList(allowedNetworks.map(parseNetwork));

  function reasonAgainst(ip: string, host: string): TransferError | null {
    const family = isIP(ip) === 6 ? 'ipv6' : 'ipv4';
    const against = refused.find(({ list }) => list.check(ip, family));
    if (against === undefined || allowed.check(ip, family)) return null;
    const who = host === ip ? ip : `${host} is ${ip}, which`;
    return new TransferError(`${who} is ${against.kind}: refused unless image_allowed_networks has it`, {
      passing: false,
    });
  }

  return {
    check(ip, host) {
      const reason = reasonAgainst(ip, host);
      if (reason) throw reason;
    },
    lookup(host, options, callback) {
      systemLookup(host, { ...options, all: true }, (error, found) => {
        if (error) return callback(error, []);
        const permitted = found.filter(({ address }) => reasonAgainst(address, host) === null);
        const [first] = permitted;
        if (first === undefined) return callback(reasonAgainst(found[0]?.address ?? '', host), []);
        return options.all ? callback(null, permitted) : callback(null, first.address, first.family);
      });
    },
  };
}

/** Splits `10.0.0.0/8`; throws TransferError. */
function parseNetwork(text: string): Subnet {
  const [, net = '', digits = ''] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(text) ?? [];
  const prefix = Number(digits);
  if (isIP(net) === 0 || prefix > (isIP(net) === 6 ? 128 : 32)) {
    throw new TransferError(`${JSON.stringify(text)} is no network such as 10.0.0.0/8`, { passing: false });
  }
  return [net, prefix];
}

function blockList(subnets: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, isIP(net) === 6 ? 'ipv6' : 'ipv4');
  return list;
}

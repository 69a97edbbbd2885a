import { BlockList, isIPv6 } from 'node:net';
import { type FoundService, isLocalName } from './found-service.ts';

/** Where a service is and what it wants an agent to know. */
export interface ServiceEndpoint {
  /** No slash at the end. */
  readonly url: string;
  /** Options that it sets (`ipa_<option>` in its TXT record), by name. */
  readonly options: ReadonlyMap<string, string>;
}

const optionPrefix = 'ipa_';

const unusable = new BlockList();
unusable.addSubnet('0.0.0.0', 8, 'ipv4');
unusable.addSubnet('127.0.0.0', 8, 'ipv4');
unusable.addSubnet('224.0.0.0', 3, 'ipv4');
unusable.addSubnet('::', 127, 'ipv6');
unusable.addSubnet('ff00::', 8, 'ipv6');
// Means nothing without the name of a link, which a URL cannot carry.
unusable.addSubnet('fe80::', 10, 'ipv6');

/** The address of a service as ironic-python-agent puts it together. Throws an Error that says what of it makes no sense. */
export function serviceEndpoint(service: FoundService): ServiceEndpoint {
  const { target, port, properties } = service;
  const protocol = properties.get('protocol') || (port === 80 ? 'http' : 'https');
  if (protocol !== 'http' && protocol !== 'https') {
    throw new Error(`expected http or https as its protocol, got ${JSON.stringify(protocol)}`);
  }
  if (port === 0) throw new Error('expected a port, got 0');
  const path = (properties.get('path') ?? '').replace(/^\/*(?=.)/, '/').replace(/\/+$/, '');
  if (/[\s?#\\]/.test(path)) throw new Error(`expected a path, got ${JSON.stringify(path)}`);
  const url = `${protocol}://${hostOf(service)}:${port}${path}`;
  if (!URL.canParse(url)) throw new Error(`expected a server with an address, got ${JSON.stringify(target)}`);
  const options = [...properties].flatMap(([key, value]) =>
    key.startsWith(optionPrefix) ? [[key.slice(optionPrefix.length), value] as const] : [],
  );
  return { url, options: new Map(options) };
}

/** A name of the link is of no use later, when nobody asks the link any more: its address is taken instead. */
function hostOf({ target, addresses }: FoundService): string {
  if (!isLocalName(target)) {
    const name = target.replace(/\.$/, '');
    if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name))
      throw new Error(`expected the name of a host, got ${JSON.stringify(name)}`);
    return name;
  }
  const usable = addresses.filter((address) => !unusable.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'));
  // What the link itself gave out (169.254.0.0/16) only where there is nothing else; IPv4 first, as in ironic-python-agent.
  const rank = (address: string): number => (address.startsWith('169.254.') ? 2 : isIPv6(address) ? 1 : 0);
  const [address] = usable.toSorted((a, b) => rank(a) - rank(b));
  if (address === undefined)
    throw new Error(`expected an address that can be reached, got ${addresses.join(', ') || 'none'}`);
  return isIPv6(address) ? `[${address}]` : address;
}

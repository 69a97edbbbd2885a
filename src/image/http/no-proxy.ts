import { BlockList, isIP } from 'node:net';

/**
 * True where `noProxy` has the host of `url`. Entries are divided by commas or spaces: `*`, an IP address, a network
 * (10.0.0.0/8), or a domain that stands for itself and all below it (`example.com`, `.example.com`, `*.example.com`); each but
 * a network may end in a port, and then counts for that port only.
 */
export function isWithoutProxy(url: URL, noProxy: string | null): boolean {
  const host = bareHost(url);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const entries = (noProxy ?? '').toLowerCase().split(/[\s,]+/);
  return entries.some((entry) => entry !== '' && entryMatches(entry, host, port));
}

/** Host of an address, an IPv6 address without its brackets. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function entryMatches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, net, prefix] = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (net !== undefined) return isWithin(host, net, Number(prefix));
  const { name, onlyPort } = splitPort(entry);
  if (onlyPort !== null && onlyPort !== port) return false;
  if (isIP(name) !== 0) return isWithin(host, name, isIP(name) === 6 ? 128 : 32);
  const domain = name.replace(/^\*?\./, '').replace(/\.$/, '');
  return domain !== '' && (host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`)));
}

function splitPort(entry: string): { readonly name: string; readonly onlyPort: string | null } {
  if (isIP(entry) === 6) return { name: entry, onlyPort: null };
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  return { name: bracketed ?? plain ?? '', onlyPort: port ?? null };
}

function isWithin(host: string, net: string, prefix: number): boolean {
  const [hostFamily, netFamily] = [isIP(host), isIP(net)];
  if (hostFamily === 0 || netFamily === 0 || prefix > (netFamily === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(net, prefix, netFamily === 6 ? 'ipv6' : 'ipv4');
  return list.check(host, hostFamily === 6 ? 'ipv6' : 'ipv4');
}

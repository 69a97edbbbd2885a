import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Config } from '../core/config.ts';
import { LookupAgentIPError } from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';
import { type Clock, systemClock } from './clock.ts';
import type { IronicLog } from './ironic-log.ts';

export type AddressSettings = Pick<
  Config,
  'advertiseHost' | 'networkInterface' | 'ipLookupAttempts' | 'ipLookupSleepSeconds'
>;

/** How the network answers; tests bring their own. */
export interface NetworkView {
  /** Addresses of a host name. */
  resolve(host: string): Promise<readonly string[]>;
  /** The own address from which the way to another address starts. */
  sourceFor(address: string): Promise<string>;
  /** Addresses of an interface; empty for one that does not exist. */
  addressesOf(networkInterface: string): readonly string[];
}

/**
 * The address that Ironic is told to call: the one given, else that of the interface given, else the one from which the way
 * to the first of the API URLs that has a way starts. Tries again while there is none, as DHCP may be slow. Throws
 * LookupAgentIPError.
 */
export async function advertisedAddress(
  settings: AddressSettings,
  apiUrls: readonly string[],
  log: IronicLog,
  clock: Clock = systemClock,
  network: NetworkView = systemNetwork,
): Promise<string> {
  if (settings.advertiseHost !== null) return settings.advertiseHost;
  const { ipLookupAttempts, ipLookupSleepSeconds } = settings;
  for (let attempt = 1; ; attempt++) {
    const reasons: string[] = [];
    const address = await findAddress(settings.networkInterface, apiUrls, network, reasons);
    if (address !== null) return address;
    if (attempt >= ipLookupAttempts) {
      throw new LookupAgentIPError(`no address to advertise after ${attempt} attempts: ${reasons.join('; ')}`);
    }
    log.warn({ attempt, reasons }, 'no address to advertise yet');
    await clock.sleep(ipLookupSleepSeconds);
  }
}

async function findAddress(
  networkInterface: string | null,
  apiUrls: readonly string[],
  network: NetworkView,
  reasons: string[],
): Promise<string | null> {
  if (networkInterface !== null) {
    const usable = network.addressesOf(networkInterface).find(isUsable);
    if (!usable) reasons.push(`${networkInterface} has no address`);
    return usable ?? null;
  }
  if (apiUrls.length === 0) reasons.push('no api_url, advertise_host or network_interface is given');
  for (const url of apiUrls) {
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
    const source = await sourceForHost(host, network, reasons);
    if (source !== null) return source;
  }
  return null;
}

async function sourceForHost(host: string, network: NetworkView, reasons: string[]): Promise<string | null> {
  try {
    for (const address of isIP(host) ? [host] : await network.resolve(host)) {
      const source = await network.sourceFor(address).catch((error: unknown) => {
        reasons.push(`no way to ${address}: ${errorText(error)}`);
        return null;
      });
      if (source !== null && isUsable(source)) return source;
      if (source !== null) reasons.push(`the way to ${address} starts at ${source}`);
    }
  } catch (error) {
    reasons.push(errorText(error));
  }
  return null;
}

/** A link-local address means nothing to anybody without the name of a link. */
function isUsable(address: string): boolean {
  return !/^(fe[89ab][0-9a-f]:|169\.254\.|0\.0\.0\.0$|::$)/i.test(address);
}

/** A connected UDP socket sends nothing, but has the kernel choose the way and with it the source address. */
async function sourceFor(address: string): Promise<string> {
  const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
  try {
    const connected = once(socket, 'connect');
    socket.connect(9, address);
    await connected;
    return socket.address().address;
  } finally {
    socket.close();
  }
}

const systemNetwork: NetworkView = {
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  sourceFor,
  addressesOf: (name) => {
    const addresses = networkInterfaces()[name] ?? [];
    return addresses.toSorted((a, b) => a.family.localeCompare(b.family)).map(({ address }) => address);
  },
};

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { ConfigurationError } from '../../errors/catalogue.ts';

/** RFC 6762, 3. */
const groups = { ipv4: '224.0.0.251', ipv6: 'ff02::fb' } as const;

/** A socket that asks one link, and where its questions go. */
export interface LinkSocket {
  readonly socket: Socket;
  readonly group: string;
  /** `192.0.2.1 on eth0`, for the log. */
  readonly name: string;
}

interface OwnAddress {
  readonly link: string;
  readonly address: string;
}

/**
 * A socket for each own address: all of those that are not loopback, or the ones given. They have a port of their own choice,
 * so that answers come to it alone (one-shot queries of RFC 6762, 5.1) and no other program on this machine is disturbed.
 */
export async function openLinkSockets(wanted: readonly string[]): Promise<readonly LinkSocket[]> {
  return await Promise.all(ownAddresses(wanted).map(openLinkSocket));
}

/** Of IPv6 the address of the link, which each interface has; throws ConfigurationError for one that is not ours. */
function ownAddresses(wanted: readonly string[]): readonly OwnAddress[] {
  const all = Object.entries(networkInterfaces()).flatMap(([link, addresses = []]) =>
    addresses.map(({ address, internal }) => ({ link, address, internal })),
  );
  const foreign = wanted.find((address) => !all.some((own) => own.address === address));
  if (foreign !== undefined) {
    throw new ConfigurationError(`interfaces: expected addresses of this machine, got ${foreign}`);
  }
  if (wanted.length > 0) return all.filter(({ address }) => wanted.includes(address));
  return all.filter(({ address, internal }) => !internal && (!isIPv6(address) || /^fe[89ab]/i.test(address)));
}

async function openLinkSocket({ link, address }: OwnAddress): Promise<LinkSocket> {
  const six = isIPv6(address);
  const socket = createSocket(six ? 'udp6' : 'udp4');
  const listening = once(socket, 'listening');
  socket.bind({ port: 0, address: six ? '::' : address });
  await listening;
  socket.setMulticastInterface(six ? `::%${link}` : address);
  // RFC 6762, 11: 255, by which those of other links are told.
  socket.setMulticastTTL(255);
  return { socket, group: six ? `${groups.ipv6}%${link}` : groups.ipv4, name: `${address} on ${link}` };
}

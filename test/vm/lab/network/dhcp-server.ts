import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type OwnWorld, startInOwnWorld } from '../../../ironic/lab/own-world.ts';
import { until } from '../../../support/until.ts';
import type { LabNetwork } from './lab-network.ts';

/** What firmware without iPXE gets: Debian's package ipxe has all three. */
const loaders = ['undionly.kpxe', 'snponly.efi', 'ipxe.efi'];

/** Where Ironic's DHCP provider "dnsmasq" writes, and where its files for TFTP are, all below one directory. */
export const dhcpFolders = { hosts: 'dhcp-hosts', options: 'dhcp-options', leases: 'dhcp-leases', tftp: 'tftpboot' };

export interface DhcpServer extends AsyncDisposable {
  /** What it said: each request with its options and what was answered. */
  readonly log: string;
}

/**
 * dnsmasq, with the options that Ironic's documentation asks for: it knows only the machines that Ironic has told it of, and tells
 * them to boot what Ironic says.
 */
export async function startDhcpServer(network: LabNetwork, directory: string): Promise<DhcpServer> {
  const at = (name: string): string => path.join(directory, name);
  for (const folder of [dhcpFolders.hosts, dhcpFolders.options]) mkdirSync(at(folder), { recursive: true });
  for (const loader of loaders) copyFileSync(`/usr/lib/ipxe/${loader}`, path.join(at(dhcpFolders.tftp), loader));
  writeFileSync(at(dhcpFolders.leases), '');
  const [first, last] = [network.machineAddresses.at(0), network.machineAddresses.at(-1)];
  const output = at('dnsmasq.log');
  const world: OwnWorld = startInOwnWorld(
    [
      ...['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--log-facility=-', '--log-dhcp'],
      ...['--user=root', '--pid-file=', '--port=0', `--listen-address=${network.bootAddress}`, '--bind-interfaces'],
      ...[`--dhcp-range=${first},${last},1h`, `--dhcp-option=option:router,${network.ironicAddress}`],
      ...[`--dhcp-leasefile=${at(dhcpFolders.leases)}`, '--dhcp-match=set:ipxe,175', '--dhcp-ignore=tag:!ironic'],
      ...[`--dhcp-hostsdir=${at(dhcpFolders.hosts)}`, `--dhcp-optsdir=${at(dhcpFolders.options)}`],
      ...['--enable-tftp', `--tftp-root=${at(dhcpFolders.tftp)}`],
    ],
    { networkNamespace: network.namespace, output },
  );
  const log = (): string => readFileSync(output, 'utf8');
  const isUp = (): boolean => {
    if (!world.isRunning) throw new Error(`dnsmasq ended: ${log()}`);
    return log().includes('TFTP root is');
  };
  await until(isUp, { withinMs: 10_000, everyMs: 50, what: 'dnsmasq' });
  return {
    get log() {
      return log();
    },
    async [Symbol.asyncDispose]() {
      await world.kill();
    },
  };
}

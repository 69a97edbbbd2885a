import { createNetworkNamespace, freeAddresses } from '../../../ironic/lab/network-namespace.ts';

/**
 * The network of a small data centre, in a network namespace: a switch with a port for each machine, and a cable to this namespace,
 * where Ironic is. Conductor and agents reach each other by their own addresses, as they do on metal.
 */
export interface LabNetwork extends AsyncDisposable {
  /** As ip-netns(8) knows it. */
  readonly namespace: string;
  /** This end of the cable: Ironic, boot files and images. */
  readonly ironicAddress: string;
  /** DHCP and TFTP. */
  readonly bootAddress: string;
  readonly bmcAddress: string;
  /** What DHCP gives to machines. */
  readonly machineAddresses: readonly string[];
  readonly prefixLength: number;
  /** A new port of the switch: the name of a tap interface in the namespace. */
  addPort(): Promise<string>;
}

const prefixLength = 28;

/** The addresses are of a network that nobody routes (RFC 5737). */
export async function createLabNetwork(): Promise<LabNetwork> {
  const subnetSize = 2 ** (32 - prefixLength);
  const addresses = freeAddresses('203.0.113', subnetSize, subnetSize - 2);
  const [ironicAddress = '', bootAddress = '', bmcAddress = '', ...machineAddresses] = addresses;
  const namespace = await createNetworkNamespace(`${ironicAddress}/${prefixLength}`);
  await namespace.ip('link', 'add', 'switch', 'type', 'bridge');
  await namespace.ip('link', 'set', 'eth0', 'master', 'switch');
  for (const address of [bootAddress, bmcAddress]) {
    await namespace.ip('address', 'add', `${address}/${prefixLength}`, 'dev', 'switch');
  }
  await namespace.ip('link', 'set', 'switch', 'up');
  let ports = 0;
  return {
    namespace: namespace.name,
    ironicAddress,
    bootAddress,
    bmcAddress,
    machineAddresses,
    prefixLength,
    async addPort() {
      const port = `port${ports++}`;
      await namespace.ip('tuntap', 'add', port, 'mode', 'tap');
      await namespace.ip('link', 'set', port, 'master', 'switch', 'up');
      return port;
    },
    async [Symbol.asyncDispose]() {
      await namespace[Symbol.asyncDispose]();
    },
  };
}

import type { IronicRelease } from '../../../ironic/lab/ironic-release.ts';
import { LabNode } from '../../../ironic/lab/lab-node.ts';
import { NodeStage, newMacAddress } from '../../../ironic/lab/node-stage.ts';
import { NodeWatch } from '../../../ironic/lab/node-watch.ts';
import { pathInside, type RunningIronic, startIronic } from '../../../ironic/lab/running-ironic.ts';
import { createWireTap } from '../../../ironic/lab/wire-tap.ts';
import { createImageServer, type ImageServer } from '../../../support/image-server.ts';
import { type DhcpServer, startDhcpServer } from '../network/dhcp-server.ts';
import { createFileServer, type FileServer } from '../network/file-server.ts';
import { createLabNetwork, type LabNetwork } from '../network/lab-network.ts';
import { metalConf } from '../network/metal-conf.ts';
import type { NetworkCard } from '../network-card.ts';
import type { RamdiskFiles } from '../ramdisk-files.ts';
import type { MachineParts } from '../virtual-machine.ts';
import { MetalMachine } from './metal-machine.ts';

export interface MetalNeeds extends Pick<MachineParts, 'disks' | 'firmware' | 'memoryMebibytes'> {
  readonly card?: Pick<NetworkCard, 'model' | 'hasBootRom'>;
}

/** The part of an inventory that tells how the machine was booted. */
export interface Inventory {
  readonly bmc_address: string;
  readonly boot: { readonly current_boot_mode: string; readonly pxe_interface: string | null };
  readonly interfaces: readonly { readonly mac_address: string; readonly ipv4_address: string | null }[];
}

/** Processors are emulated, and there may be other machines. */
const stateSeconds = 480;

/**
 * An Ironic that switches a machine by its BMC and boots it over the network, and nothing between them but a network. The tap is
 * Ironic's address for agents: it sees what they ask Ironic, and not what the conductor asks them.
 */
export class MetalStage extends NodeStage<MetalMachine> {
  readonly ironic: RunningIronic;
  readonly network: LabNetwork;
  readonly images: ImageServer;
  readonly dhcp: DhcpServer;
  readonly bootFiles: FileServer;

  private constructor(
    parts: Pick<MetalStage, 'ironic' | 'network' | 'images' | 'dhcp' | 'bootFiles' | 'node' | 'machine' | 'tap'>,
    stack: AsyncDisposableStack,
  ) {
    super(parts, stack, stateSeconds);
    this.ironic = parts.ironic;
    this.network = parts.network;
    this.images = parts.images;
    this.dhcp = parts.dhcp;
    this.bootFiles = parts.bootFiles;
  }

  static async set(
    release: IronicRelease,
    ramdisk: RamdiskFiles,
    name: string,
    needs: MetalNeeds,
  ): Promise<MetalStage> {
    await using stack = new AsyncDisposableStack();
    const network = stack.use(await createLabNetwork());
    const late: { ironic?: RunningIronic } = {}; // the addresses of what is made first are in its ironic.conf
    const ironicNow = (): RunningIronic => {
      if (!late.ironic) throw new Error('Ironic has not been started');
      return late.ironic;
    };
    const urls = {
      get url() {
        return ironicNow().url;
      },
      get inspectorUrl() {
        return ironicNow().inspectorUrl;
      },
    };
    const tap = stack.use(await createWireTap(urls, network.ironicAddress));
    const bootFiles = stack.use(
      await createFileServer(network.ironicAddress, () => `${ironicNow().directory}/httpboot`),
    );
    const images = stack.use(await createImageServer(undefined, network.ironicAddress));
    const place = { network, apiUrl: tap.ironicUrl, httpUrl: bootFiles.origin, pathInside };
    const ironic = stack.use(
      await startIronic(release, {
        callbackTimeoutSeconds: 420,
        heartbeatTimeoutSeconds: 30,
        more: metalConf(place),
      }),
    );
    late.ironic = ironic;
    const dhcp = stack.use(await startDhcpServer(network, ironic.directory));
    const macAddress = newMacAddress();
    const { card = {}, firmware = 'bios', ...hardware } = needs;
    const cable = { kind: 'tap', interface: await network.addPort() } as const;
    const machine = stack.use(
      await MetalMachine.rack(network, {
        name,
        ...hardware,
        firmware,
        cards: [{ id: 'net0', macAddress, cable, ...card }],
      }),
    );
    const watch = stack.use(new NodeWatch(() => ironic.api));
    const fields = {
      name: `metal-${name}`,
      driver: 'ipmi',
      driver_info: {
        ipmi_address: machine.bmc.address,
        ipmi_username: machine.bmc.account.name,
        ipmi_password: machine.bmc.account.password,
        ipmi_cipher_suite: '3',
        deploy_kernel: images.serve('/vmlinuz', ramdisk.kernel),
        deploy_ramdisk: images.serve('/initramfs', ramdisk.initramfs),
      },
      properties: { cpu_arch: 'x86_64', capabilities: `boot_mode:${firmware}` },
    };
    const node = await LabNode.enrol(() => ironic.api, watch, fields, macAddress);
    return new MetalStage({ ironic, network, images, dhcp, bootFiles, node, machine, tap }, stack.move());
  }

  /** What the last inspection found. */
  async inventory(): Promise<Inventory> {
    const path = `/v1/nodes/${this.node.uuid}/inventory`;
    return (await this.ironic.api.request<{ inventory: Inventory }>('GET', path)).inventory;
  }

  override describe(): string {
    const seen = this.bootFiles.seen.slice(-20).join('\n');
    return [super.describe(), 'boot files:', seen, 'dnsmasq:', ...this.dhcp.log.split('\n').slice(-60)].join('\n');
  }
}

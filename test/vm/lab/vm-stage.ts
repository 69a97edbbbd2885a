import { type AgentNetwork, createAgentNetwork } from '../../ironic/lab/agent-network.ts';
import { LabNode, type NodeFields } from '../../ironic/lab/lab-node.ts';
import { NodeStage, newMacAddress } from '../../ironic/lab/node-stage.ts';
import type { NodeWatch } from '../../ironic/lab/node-watch.ts';
import type { RunningIronic } from '../../ironic/lab/running-ironic.ts';
import { createWireTap } from '../../ironic/lab/wire-tap.ts';
import { createImageServer, type ImageServer } from '../../support/image-server.ts';
import type { VirtualDisk } from './disk.ts';
import type { Boot } from './qemu-arguments.ts';
import { type RamdiskFiles, saidOnSerialLine } from './ramdisk-files.ts';
import { VirtualLabMachine } from './virtual-lab-machine.ts';
import type { MachineParts } from './virtual-machine.ts';

/** What all flows of one test file share. */
export interface VmLab {
  readonly ironic: RunningIronic;
  readonly watch: NodeWatch;
  readonly ramdisk: RamdiskFiles;
}

/** What a flow needs of its machine and node. */
export interface VmNeeds extends Pick<MachineParts, 'firmware' | 'memoryMebibytes' | 'more'> {
  readonly disks: readonly VirtualDisk[];
  /** Fields that the node is enrolled with. */
  readonly node?: NodeFields;
  /** More of the kernel command line of the ramdisk. */
  readonly commandLine?: string;
  /** How the ramdisk is booted instead of by its kernel; `commandLine` is what it should get. */
  readonly ramdisk?: (lab: VmLab, commandLine: string) => Boot;
  /** The disk that BIOS boots. Default: the first that it finds. */
  readonly bootDisk?: string;
}

/** The port of ssh in the machine, as it is reached at its address. */
const forwardedPorts = [9999, 22];

/** Processors are emulated, and there may be other machines. */
const stateSeconds = 420;

/**
 * A node, a virtual machine that boots the real ramdisk, and the cable between them: a network namespace that has nothing else, in
 * which QEMU makes a network for the machine. The agent serves TLS, so the tap sees what the agent asks Ironic, and not what the
 * conductor asks the agent.
 */
export class VmStage extends NodeStage<VirtualLabMachine> {
  readonly lab: VmLab;
  readonly network: AgentNetwork;
  /** Where agent and conductor both find it. */
  readonly images: ImageServer;

  private constructor(
    lab: VmLab,
    parts: Pick<VmStage, 'node' | 'machine' | 'tap' | 'network' | 'images'>,
    stack: AsyncDisposableStack,
  ) {
    super(parts, stack, stateSeconds);
    this.lab = lab;
    this.network = parts.network;
    this.images = parts.images;
  }

  static async set(lab: VmLab, name: string, needs: VmNeeds): Promise<VmStage> {
    await using stack = new AsyncDisposableStack();
    const macAddress = newMacAddress();
    const network = stack.use(await createAgentNetwork());
    const tap = stack.use(await createWireTap(lab.ironic, network.tapAddress));
    const images = stack.use(await createImageServer(undefined, network.tapAddress));
    const node = await LabNode.enrol(
      () => lab.ironic.api,
      lab.watch,
      { name: `vm-${name}`, ...needs.node },
      macAddress,
    );
    stack.defer(() => node.delete().catch(() => undefined)); // the database goes with the lab
    const forwards = forwardedPorts.map((port) => ({ host: network.agentAddress, port, guestPort: port }));
    const { disks, firmware, memoryMebibytes, more, bootDisk } = needs;
    const parts: MachineParts = {
      name,
      networkNamespace: network.namespace,
      disks,
      cards: [{ id: 'net0', macAddress, cable: { kind: 'user', forwards } }],
      ...(firmware === undefined ? {} : { firmware }),
      ...(memoryMebibytes === undefined ? {} : { memoryMebibytes }),
      ...(more === undefined ? {} : { more }),
    };
    const commandLine = [
      ...saidOnSerialLine,
      ...[`ipa-api-url=${tap.ironicUrl}`, `ipa-advertise-host=${network.agentAddress}`],
      ...(needs.commandLine === undefined ? [] : [needs.commandLine]),
    ].join(' ');
    const { kernel, initramfs } = lab.ramdisk;
    const machine = new VirtualLabMachine(parts, () => ({
      ramdisk: needs.ramdisk?.(lab, commandLine) ?? { from: 'kernel', kernel, initramfs, commandLine },
      instance: { from: 'disk', ...(bootDisk === undefined ? {} : { id: bootDisk }) },
    }));
    stack.use(machine);
    stack.defer(node.onLook((seen) => machine.follow(seen)));
    return new VmStage(lab, { node, machine, tap, network, images }, stack.move());
  }
}

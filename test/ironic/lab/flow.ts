import { createLoopDevice, type LoopDevice } from '../../support/loop-device.ts';
import { type AgentNetwork, createAgentNetwork } from './agent-network.ts';
import type { IronicRelease } from './ironic-release.ts';
import type { LabImages } from './lab-images.ts';
import { LabMachine, type MachineOptions } from './lab-machine.ts';
import { LabNode, type NodeFields } from './lab-node.ts';
import { NodeStage, newMacAddress } from './node-stage.ts';
import type { NodeWatch } from './node-watch.ts';
import type { RunningIronic } from './running-ironic.ts';
import { createWireTap, type WireTap } from './wire-tap.ts';

/** What all flows of one Ironic share. */
export interface Lab {
  readonly ironic: RunningIronic;
  readonly watch: NodeWatch;
  readonly images: LabImages;
}

/** What a flow needs of its machine and node. */
export interface FlowNeeds {
  /** Bytes of each disk of the machine. Default: one of 64 MiB. */
  readonly disks?: readonly number[];
  /** Fields that the node is enrolled with. */
  readonly node?: (lab: Lab) => NodeFields;
  readonly tls?: boolean;
  readonly fastTrack?: boolean;
  /** Folder of test/ironic/managers that the agent loads. Default: steps. */
  readonly managers?: 'steps' | 'reboot';
  /** More flags for the agent; the tap is what it takes for Ironic. One that is there already is replaced. */
  readonly args?: (lab: Lab, tap: WireTap) => readonly string[];
  /** What the agent is started by: a program with arguments, which are followed by the command of the agent. */
  readonly startedBy?: (lab: Lab) => readonly string[];
  /** The machine has a network of its own, with a cable to this one. Default: it has the network of this one. */
  readonly ownNetwork?: boolean;
  /** Another agent than Ironhand. */
  readonly otherAgent?: MachineOptions['otherAgent'];
}

/** Something that operators do, from an enrolled node to an end state, with a real conductor. */
export interface Flow {
  /** Unique, in kebab-case. */
  readonly name: string;
  /** A row of docs/compatibility.md. */
  readonly title: string;
  /** The releases that can do it. Default: all. */
  readonly releases?: readonly IronicRelease['name'][];
  readonly needs?: FlowNeeds;
  run(stage: Stage): Promise<void>;
}

export function defineFlow(flow: Flow): Flow {
  return Object.freeze(flow);
}

/** A node, its machine with disks, and the tap between them: what one flow plays with. */
export class Stage extends NodeStage<LabMachine> {
  readonly lab: Lab;
  readonly disks: readonly LoopDevice[];
  /** Null where it is that of this machine. */
  readonly network: AgentNetwork | null;

  private constructor(
    lab: Lab,
    parts: Pick<Stage, 'node' | 'machine' | 'disks' | 'tap' | 'network'>,
    stack: AsyncDisposableStack,
  ) {
    super(parts, stack);
    this.lab = lab;
    this.disks = parts.disks;
    this.network = parts.network;
  }

  static async set(lab: Lab, name: string, needs: FlowNeeds = {}): Promise<Stage> {
    await using stack = new AsyncDisposableStack();
    const macAddress = newMacAddress();
    const disks: LoopDevice[] = [];
    for (const sizeBytes of needs.disks ?? [64 * 2 ** 20]) {
      disks.push(stack.use(await createLoopDevice({ sizeBytes })));
    }
    const api = () => lab.ironic.api;
    const network = needs.ownNetwork ? stack.use(await createAgentNetwork()) : null;
    const tap = stack.use(await createWireTap(lab.ironic, network?.tapAddress));
    const node = await LabNode.enrol(api, lab.watch, { name: `flow-${name}`, ...needs.node?.(lab) }, macAddress);
    stack.defer(() => node.delete().catch(() => undefined)); // the database goes with the lab
    const machine = stack.use(
      new LabMachine(
        {
          macAddress,
          devices: disks.map(({ path }) => path),
          tls: needs.tls ?? false,
          fastTrack: needs.fastTrack ?? false,
          managers: needs.managers ?? 'steps',
          args: needs.args?.(lab, tap) ?? [],
          startedBy: needs.startedBy?.(lab) ?? [],
          ...(network ? { network } : {}),
          ...(needs.otherAgent === undefined ? {} : { otherAgent: needs.otherAgent }),
        },
        tap,
      ),
    );
    stack.defer(node.onLook((seen) => machine.follow(seen)));
    return new Stage(lab, { node, machine, disks, tap, network }, stack.move());
  }

  /** The first disk. */
  get disk(): LoopDevice {
    const [disk] = this.disks;
    if (!disk) throw new Error('this machine has no disk');
    return disk;
  }
}

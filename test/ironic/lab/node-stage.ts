import assert from 'node:assert/strict';
import { condense, heartbeatTimes } from './conversation.ts';
import { stepOf } from './exchange.ts';
import type { ApiNode } from './ironic-api.ts';
import type { LabNode, NodeFields } from './lab-node.ts';
import type { WireTap } from './wire-tap.ts';

/** A machine of any kind that a node of Ironic stands for. */
export interface StageMachine extends AsyncDisposable {
  /** Acts upon what Ironic says of the node. */
  follow(node: ApiNode): void;
  /** Rejects when it fails in a way that no flow wants. */
  readonly broken: Promise<never>;
  /** What it said that matters to a person. */
  readonly story: readonly string[];
}

let machines = 0;

/** That no other machine of any lab here has. */
export function newMacAddress(): string {
  machines += 1;
  return `52:54:00:${[process.pid >> 8, process.pid, machines].map(hexByte).join(':')}`;
}

/** A node, its machine and the tap between them, and what operators do with a node. */
export abstract class NodeStage<Machine extends StageMachine> implements AsyncDisposable {
  readonly node: LabNode;
  readonly machine: Machine;
  readonly tap: WireTap;
  /** What a state may take. */
  readonly #withinSeconds: number;
  readonly #parts: AsyncDisposableStack;

  protected constructor(
    { node, machine, tap }: { readonly node: LabNode; readonly machine: Machine; readonly tap: WireTap },
    stack: AsyncDisposableStack,
    withinSeconds = 120,
  ) {
    this.#withinSeconds = withinSeconds;
    this.node = node;
    this.machine = machine;
    this.tap = tap;
    this.#parts = stack;
  }

  /** From enroll to available without cleaning: the start of flows that are about something else. */
  async makeAvailable(): Promise<void> {
    await this.node.set({ automated_clean: false });
    await this.makeManageable();
    await this.node.provision('provide');
    await this.node.reaches('available', this.#withinSeconds);
  }

  /** Deploys what instance_info says. */
  async deploy(instanceInfo: NodeFields, more: NodeFields = {}): Promise<ApiNode> {
    await this.node.set({ instance_info: instanceInfo });
    await this.node.provision('active', more);
    return await this.node.reaches('active', this.#withinSeconds);
  }

  /** The same where it has to fail. */
  async deployFails(instanceInfo: NodeFields): Promise<ApiNode> {
    await this.node.set({ instance_info: instanceInfo });
    await this.node.provision('active');
    const node = await this.node.rests('active', this.#withinSeconds);
    assert.equal(node.provision_state, 'deploy failed');
    return node;
  }

  /** Resolves when the agent has been told to run a step, and has said that it runs. */
  async stepBegan(step: string): Promise<void> {
    const isTold = (): boolean => this.tap.exchanges.some((each) => stepOf(each) === step && each.status === 200);
    await this.node.until(`step ${step} to begin`, isTold, 90);
  }

  /** From enroll to manageable. */
  async makeManageable(): Promise<void> {
    await this.node.provision('manage');
    await this.node.reaches('manageable');
  }

  /** Throws where the conversation was another than the recorded one. Heartbeats have a rule of their own: assertHeartbeatPace. */
  spoke(...parts: readonly (readonly string[])[]): void {
    assert.deepEqual(condense(this.tap.exchanges), parts.flat());
  }

  /** Everything that helps to understand a failure. */
  describe(): string {
    const lines = condense(this.tap.exchanges).map((line) => `  ${line}`);
    const beats = heartbeatTimes(this.tap.exchanges).map((at) => at.toFixed(1));
    return ['conversation:', ...lines, `heartbeats at ${beats.join(', ')} s`, 'agent:', ...this.machine.story].join(
      '\n',
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.node.letGo();
    await this.#parts.disposeAsync();
  }
}

function hexByte(value: number): string {
  return (value & 0xff).toString(16).padStart(2, '0');
}

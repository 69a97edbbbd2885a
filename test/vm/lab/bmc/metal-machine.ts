import type { StageMachine } from '../../../ironic/lab/node-stage.ts';
import type { LabNetwork } from '../network/lab-network.ts';
import { type MachineParts, VirtualMachine } from '../virtual-machine.ts';
import type { BootDevice, Chassis } from './chassis.ts';
import { IpmiBmc, wirePort } from './ipmi-bmc.ts';
import { ipmiArguments } from './ipmi-sim-conf.ts';

/** A virtual machine with a BMC, which alone switches it: nobody tells it what Ironic thinks. */
export class MetalMachine implements StageMachine, Chassis {
  readonly hardware: VirtualMachine;
  readonly bmc: IpmiBmc;
  /** What it was switched on to boot from, each time. */
  readonly boots: BootDevice[] = [];
  /** The serial lines of the boots before this one. */
  readonly #before: string[] = [];

  private constructor(network: LabNetwork, parts: Omit<MachineParts, 'networkNamespace'>) {
    const more = [...(parts.more ?? []), ...ipmiArguments({ wirePort })];
    this.hardware = new VirtualMachine({ ...parts, more, networkNamespace: network.namespace });
    this.bmc = new IpmiBmc(network, this);
  }

  static async rack(network: LabNetwork, parts: Omit<MachineParts, 'networkNamespace'>): Promise<MetalMachine> {
    const machine = new MetalMachine(network, parts);
    try {
      await machine.bmc.start();
      return machine;
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
  }

  get isOn(): boolean {
    return this.hardware.isOn;
  }

  /** All serial lines since it was racked. */
  get said(): string {
    return [...this.#before, this.boots.length === 0 ? '' : this.hardware.serial.text].join('');
  }

  /** Never: a BMC reports what fails to whoever asked. */
  readonly broken = new Promise<never>(() => undefined);

  get story(): readonly string[] {
    const lines = this.said.trimEnd().split('\n').slice(-80);
    return [
      `it was told ${this.bmc.calls.slice(-20).join('; ')}`,
      `it booted from ${this.boots.join(', ')}; it said`,
      ...lines,
    ];
  }

  follow(): void {}

  async switchOn(from: BootDevice): Promise<void> {
    if (this.isOn) return;
    if (this.boots.length > 0) this.#before.push(this.hardware.serial.text);
    await this.hardware.start({ from });
    this.boots.push(from);
  }

  async switchOff(): Promise<void> {
    await this.hardware.cutPower();
  }

  async pressPowerButton(): Promise<void> {
    if (this.isOn) await this.hardware.qmp.execute('system_powerdown');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bmc[Symbol.asyncDispose]();
    await this.hardware[Symbol.asyncDispose]();
  }
}

import type { ApiNode } from '../../ironic/lab/ironic-api.ts';
import type { StageMachine } from '../../ironic/lab/node-stage.ts';
import { type Powered, PowerFollower } from '../../ironic/lab/power-follower.ts';
import type { Boot } from './qemu-arguments.ts';
import { type MachineParts, VirtualMachine } from './virtual-machine.ts';

/** What the machine boots by each of the ways that Ironic would tell its BMC. */
export interface Boots {
  readonly ramdisk: Boot;
  readonly instance: Boot;
}

/** A virtual machine that is switched as Ironic switches the node: from its power on to the operating system on its disk. */
export class VirtualLabMachine implements StageMachine, Powered {
  readonly hardware: VirtualMachine;
  /** What was booted each time. */
  readonly boots: ('ramdisk' | 'instance')[] = [];
  readonly #boots: () => Boots;
  readonly #follower = new PowerFollower(this, false);
  readonly #broken = Promise.withResolvers<never>();
  /** The power goes on and off in the order in which it was asked for. */
  #turn: Promise<void> = Promise.resolve();
  #isPulled = false;

  constructor(parts: MachineParts, boots: () => Boots) {
    this.hardware = new VirtualMachine(parts);
    this.#boots = boots;
    this.#broken.promise.catch(() => undefined); // whoever does not wait for it
  }

  get isOn(): boolean {
    return this.hardware.isOn;
  }

  /** Rejects when the machine cannot be switched on. */
  get broken(): Promise<never> {
    return this.#broken.promise;
  }

  get story(): readonly string[] {
    if (this.boots.length === 0) return ['it was never switched on'];
    return [
      `it booted ${this.boots.join(', ')}; at the end its serial line said`,
      ...this.hardware.serial.lastLines(60),
    ];
  }

  follow(node: ApiNode): void {
    if (!this.#isPulled) this.#follower.follow(node);
  }

  switchOff(): void {
    this.#inTurn(() => this.hardware.cutPower());
  }

  bootRamdisk(): void {
    this.#boot('ramdisk');
  }

  bootInstance(): void {
    this.#boot('instance');
  }

  /** Cuts the power and gives it back, without Ironic being told. The serial line is that of the new boot when it resolves. */
  async reset(what: 'ramdisk' | 'instance'): Promise<void> {
    this.switchOff();
    this.#boot(what);
    await this.#turn;
  }

  /** Resolves when the ramdisk, or the instance, has been booted so many times: the machine is on then, and the serial line its own. */
  async booted(what: 'ramdisk' | 'instance', withinSeconds: number, times = 1): Promise<void> {
    const deadline = performance.now() + withinSeconds * 1000;
    while (this.boots.filter((each) => each === what).length < times || !this.isOn) {
      if (performance.now() > deadline) throw new Error(`${what}: not booted within ${withinSeconds} s`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await this.#turn;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isPulled = true;
    await this.#turn;
    await this.hardware[Symbol.asyncDispose]();
  }

  #boot(what: 'ramdisk' | 'instance'): void {
    this.#inTurn(async () => {
      await this.hardware.start(this.#boots()[what]);
      this.boots.push(what);
    });
  }

  #inTurn(act: () => Promise<void>): void {
    this.#turn = this.#turn.then(act).catch((error: unknown) => this.#broken.reject(error));
  }
}

import type { ApiNode } from './ironic-api.ts';

/** What can be done to a machine that has no BMC. */
export interface Powered {
  readonly isOn: boolean;
  switchOff(): void;
  bootRamdisk(): void;
  /** From its disk. */
  bootInstance(): void;
}

/** States in which a machine that is on has the ramdisk booted. */
const ramdiskStates = [
  ...['inspecting', 'inspect wait', 'cleaning', 'clean wait', 'deploying', 'wait call-back'],
  ...['rescuing', 'rescue wait', 'servicing', 'service wait'],
];

const idleStates = ['enroll', 'manageable', 'available'];

/** By these steps of a deployment the machine boots from its disk. */
const instanceSteps = ['tear_down_agent', 'switch_to_tenant_network', 'boot_instance'];

/** The half of a machine that fake power lacks: it is switched as Ironic says that the node is. */
export class PowerFollower {
  readonly #machine: Powered;
  /** The ramdisk also runs in enroll, manageable and available. */
  readonly #isFastTrack: boolean;
  #lastPowerEvent: unknown = null;
  #hasBooted = false;

  constructor(machine: Powered, isFastTrack: boolean) {
    this.#machine = machine;
    this.#isFastTrack = isFastTrack;
  }

  /** Acts upon what Ironic says of the node. */
  follow(node: ApiNode): void {
    const event = node.driver_internal_info['last_power_state_change'] ?? null;
    if (event !== this.#lastPowerEvent) {
      this.#lastPowerEvent = event;
      this.#hasBooted = false;
      this.#machine.switchOff();
      return; // a reset is two events, and a machine takes a moment to boot
    }
    // The event is told before the action is taken: an agent that boots in between may be given the token, which is given once,
    // and is then switched off with it.
    if (node.target_power_state !== null) return;
    if (node.power_state !== 'power on' && !this.#isFastTrack) this.#machine.switchOff();
    else if (!this.#hasBooted) this.#boot(node);
  }

  #boot({ provision_state: state, deploy_step: step }: ApiNode): void {
    const states = this.#isFastTrack ? [...ramdiskStates, ...idleStates] : ramdiskStates;
    this.#hasBooted = true;
    if (states.includes(state) && !instanceSteps.includes(step?.step ?? '')) this.#machine.bootRamdisk();
    else this.#machine.bootInstance();
  }
}

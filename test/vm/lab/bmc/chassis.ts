/** What firmware tries first when the machine is switched on. */
export type BootDevice = 'disk' | 'network';

/** The part of a machine that a BMC can reach. */
export interface Chassis {
  readonly isOn: boolean;
  /** Resolves when it is on; it stays as it is when it was. */
  switchOn(from: BootDevice): Promise<void>;
  /** At once, without asking the operating system. */
  switchOff(): Promise<void>;
  /** Asks the operating system. */
  pressPowerButton(): Promise<void>;
}

import type { BlockDevice } from './block-device.ts';
import type { Config } from './config.ts';
import type { RequestedStep, StepProcess } from './ironic-node.ts';
import type { Host, StepContext } from './job-context.ts';
import type { AnyStep } from './step.ts';

/** How well a manager knows this hardware; higher wins. Vendors may use higher numbers. */
export const HardwareSupport = { none: 0, generic: 1, mainline: 2, serviceProvider: 3 } as const;

/** The contract between Ironhand and a manager; a manager made for another one is not loaded. */
export const hardwareManagerContract = 1;

/**
 * Knows one kind of hardware. One plain object, no base class; every power besides the first four fields is optional.
 * A method or step that finds the hardware is not its own throws IncompatibleHardwareMethodError: the next manager is asked.
 */
export interface HardwareManager {
  /** Key in hardware_manager_version, `generic_hardware_manager`. */
  readonly name: string;
  /** Key in the answer of get_*_steps, `GenericHardwareManager`. */
  readonly className: string;
  readonly version: string;
  /** How well it knows this machine; called once per process, before anything else. */
  evaluateSupport(host: Host): Promise<number>;
  readonly steps?: readonly AnyStep[];
  /** Called once, in order of support, after all were evaluated. */
  initialize?(host: Host): Promise<void>;
  /** Disks (and their partitions when asked) that the agent may know of. */
  listBlockDevices?(host: Host, options: { readonly partitions: boolean }): Promise<readonly BlockDevice[]>;
}

export function defineHardwareManager(manager: HardwareManager): HardwareManager {
  return Object.freeze(manager);
}

/** A manager that could not be used, and why; shown, never fatal. */
export interface BrokenManager {
  readonly source: string;
  readonly reason: string;
}

/** An advertised step in the wire form that the conductor reads. */
export interface AdvertisedStep {
  readonly step: string;
  readonly priority: number;
  readonly interface: string;
  readonly reboot_requested: boolean;
  readonly abortable: boolean;
  readonly argsinfo?: Readonly<Record<string, { readonly description: string; readonly required: boolean }>>;
}

/** All managers of this machine, ranked. */
export interface ManagerRegistry {
  readonly broken: readonly BrokenManager[];
  /** `{name: version}` of every manager; the conductor sends it back with each step. */
  readonly versions: Readonly<Record<string, string>>;
  /**
   * The step that would be run first under this name, `once` if any that it may fall through to is; undefined where no manager
   * offers it in this process.
   */
  findStep(process: StepProcess, name: string): AnyStep | undefined;
  /** Steps of one process, each once, by the class name of the manager that wins it. */
  advertisedSteps(process: StepProcess, config: Config): Readonly<Record<string, readonly AdvertisedStep[]>>;
  /** Runs a step by the best manager that has it and does not find it incompatible. */
  executeStep(process: StepProcess, step: RequestedStep, context: StepContext): Promise<unknown>;
  listBlockDevices(host: Host, options?: { readonly partitions?: boolean }): Promise<readonly BlockDevice[]>;
}

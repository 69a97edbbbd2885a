/** A node of Ironic as it travels in lookup answers and command parameters (wire names; only what the agent reads). */
export interface IronicNode {
  readonly uuid: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly instance_info?: Readonly<Record<string, unknown>>;
  readonly driver_info?: Readonly<Record<string, unknown>>;
  readonly driver_internal_info?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** A step as the conductor sends it; echoed in the result of `execute_*_step`. */
export interface RequestedStep {
  readonly step: string;
  readonly interface: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** The three processes in which Ironic runs steps. */
export const stepProcesses = ['clean', 'deploy', 'service'] as const;
export type StepProcess = (typeof stepProcesses)[number];

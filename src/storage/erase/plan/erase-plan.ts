import type { ReleaseAction } from '../../holders/release-plan.ts';
import type { Refusal } from '../../refusal.ts';
import type { ProbedDisk } from '../disk-probe.ts';
import type { EraseOptions } from '../erase-options.ts';
import type { Sanitization, Support } from '../method.ts';
import type { EraseMethodName } from '../method-name.ts';

export type EraseStepName = 'erase_devices' | 'erase_devices_metadata' | 'erase_devices_express';

/** One method as seen from one disk. */
export interface Ability {
  readonly method: EraseMethodName;
  readonly support: Support;
  readonly sanitization: Sanitization;
  readonly seconds: number | null;
}

/** What is to be done to one disk. */
export interface PlannedErase extends ProbedDisk {
  /** The physical disk; what shares a lane is erased one after the other. */
  readonly lane: string;
  /** The controller that it hangs on; null where none is known. */
  readonly controller: string | null;
  readonly abilities: readonly Ability[];
  readonly method: EraseMethodName;
  /** One sentence. */
  readonly why: string;
  /** True where a stronger method than the chosen one is there but blocked, and the node allows a weaker one. */
  readonly isWeaker: boolean;
  /** What may be tried after `method` has failed, in this order; empty unless the node allows it. */
  readonly fallbacks: readonly EraseMethodName[];
  readonly sanitization: Sanitization;
  readonly seconds: number | null;
  /** Devices that the erase of this one reaches. */
  readonly reach: readonly string[];
}

/** Everything that an erase step will do; plain data, and nothing happens that is not in it. */
export interface ErasePlan {
  readonly step: EraseStepName;
  readonly options: EraseOptions;
  /** What is taken down first, in order. */
  readonly release: readonly ReleaseAction[];
  readonly erase: readonly PlannedErase[];
  readonly leftOut: readonly { readonly device: string; readonly why: string }[];
  /** Not empty: nothing will be done at all. */
  readonly refusals: readonly Refusal[];
}

import type { ReleaseAction } from '../../holders/release-plan.ts';
import type { EraseOptions, Pass } from '../erase-options.ts';
import type { Ability, ErasePlan, PlannedErase } from './erase-plan.ts';

/** One method on one disk, on the wire. */
export interface PresentedAbility {
  readonly method: string;
  readonly support: 'supported' | 'unsupported' | 'blocked';
  /** How that was found, or why it is not. */
  readonly why: string;
  readonly sanitization: 'clear' | 'purge' | null;
  readonly estimated_seconds: number | null;
}

/** What would be done to one disk, on the wire. */
export interface PresentedErase {
  readonly device: string;
  readonly model: string | null;
  readonly serial: string | null;
  readonly wwn: string | null;
  readonly size_bytes: number;
  readonly method: string;
  readonly why: string;
  /** Of NIST SP 800-88; null where the method is no sanitization. */
  readonly sanitization: 'clear' | 'purge' | null;
  readonly is_weaker: boolean;
  readonly fallbacks: readonly string[];
  readonly estimated_seconds: number | null;
  readonly reach: readonly string[];
  readonly partitions: readonly string[];
  readonly lane: string;
  readonly controller: string | null;
  readonly abilities: readonly PresentedAbility[];
}

/** An erase plan on the wire: what an operator approves by its hash. */
export interface PresentedPlan {
  readonly hash: string;
  readonly step: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly devices: readonly PresentedErase[];
  readonly release: readonly ReleaseAction[];
  readonly left_out: readonly { readonly device: string; readonly why: string }[];
  /** Not empty: nothing would be done at all. */
  readonly refusals: readonly { readonly device: string; readonly reason: string; readonly detail: string }[];
}

/** The plan as the API and `ironhand erase plan --json` show it. Pure. */
export function presentPlan(
  { step, options, erase, release, leftOut, refusals }: ErasePlan,
  hash: string,
): PresentedPlan {
  return {
    hash,
    step,
    options: presentOptions(options),
    devices: erase.map(presentErase),
    release,
    left_out: leftOut,
    refusals,
  };
}

function presentErase(planned: PlannedErase): PresentedErase {
  const { device, partitions, method, why, sanitization, isWeaker, fallbacks, seconds, reach } = planned;
  return {
    device: device.path,
    model: device.model,
    serial: device.serial,
    wwn: device.wwn,
    size_bytes: device.sizeBytes,
    method,
    why,
    sanitization,
    is_weaker: isWeaker,
    fallbacks,
    estimated_seconds: seconds,
    reach,
    partitions: partitions.map(({ path }) => path),
    lane: planned.lane,
    controller: planned.controller,
    abilities: planned.abilities.map(presentAbility),
  };
}

function presentAbility({ method, support, sanitization, seconds }: Ability): PresentedAbility {
  if (support.kind === 'unsupported') {
    return { method, support: support.kind, why: support.why, sanitization: null, estimated_seconds: null };
  }
  const why = support.kind === 'supported' ? support.how : support.why;
  return { method, support: support.kind, why, sanitization, estimated_seconds: seconds };
}

function presentOptions(options: EraseOptions): Readonly<Record<string, unknown>> {
  return {
    method: options.method,
    passes: options.passes.map(presentPass),
    verification: options.readBack,
    nvme_secure_erase: options.nvmeSecureErase,
    ata_secure_erase: options.ataSecureErase,
    allow_weaker: options.allowWeaker,
    skip_read_only: options.skipReadOnly,
    concurrency: options.concurrency,
    controller_concurrency: options.controllerConcurrency,
    dissolve_arrays: options.dissolveArrays,
    fabric_devices: options.fabricDevices,
  };
}

/** As `passes` of the step has them. */
function presentPass(pass: Pass): string {
  if (pass.kind === 'zeros') return 'zeros';
  return pass.kind === 'stream' ? 'random' : `0x${pass.byte.toString(16).padStart(2, '0')}`;
}

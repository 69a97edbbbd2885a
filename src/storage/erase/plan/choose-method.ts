import type { Refusal } from '../../refusal.ts';
import type { ProbedDisk } from '../disk-probe.ts';
import type { EraseOptions } from '../erase-options.ts';
import type { EraseMethod, Support } from '../method.ts';
import { type EraseMethodName, eraseMethodNames } from '../method-name.ts';
import type { Ability, EraseStepName, PlannedErase } from './erase-plan.ts';

export interface ChoiceInput {
  readonly step: EraseStepName;
  readonly options: EraseOptions;
  readonly methods: readonly EraseMethod[];
  /** Paths of all disks that may be erased. */
  readonly targets: ReadonlySet<string>;
  readonly disk: ProbedDisk;
}

type Chosen = Omit<PlannedErase, keyof ProbedDisk | 'lane' | 'controller'>;

export type Choice =
  | { readonly kind: 'chosen'; readonly planned: Chosen }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * The method for one disk: the strongest of those that the step and the node want. What the disk has but cannot do now (frozen,
 * or its reach is too wide) is not replaced by something weaker unless the node allows it. Pure.
 */
export function chooseMethod(input: ChoiceInput): Choice {
  const { step, options, disk, methods } = input;
  const abilities = abilitiesOf(input);
  const wanted = candidates(step, options);
  const known = wanted.flatMap((name) => abilities.find(({ method }) => method === name) ?? []);
  const [strongest] = known.filter(({ support }) => support.kind !== 'unsupported');
  const possible = known.filter(({ support }) => support.kind === 'supported');
  const [first, ...others] = possible;
  const lacksOwn = lacksOwnErase(input, possible);
  const isWeaker = first !== strongest || lacksOwn;
  const mayBeWeaker = options.allowWeaker || step === 'erase_devices_express';
  if (!first || (isWeaker && !mayBeWeaker)) return { kind: 'refused', refusal: refusal(disk, known, lacksOwn) };
  const method = methods.find(({ name }) => name === first.method);
  return {
    kind: 'chosen',
    planned: {
      abilities,
      method: first.method,
      why: reason(first, isWeaker ? (strongest ?? first) : first, options),
      isWeaker,
      fallbacks: options.allowWeaker ? others.map((ability) => ability.method) : [],
      sanitization: first.sanitization,
      seconds: first.seconds,
      reach: method ? [...method.reach(disk)].sort() : [],
    },
  };
}

/** Every method, as seen from this disk. */
function abilitiesOf({ methods, disk, options, targets }: ChoiceInput): readonly Ability[] {
  const inOrder = [...methods].sort((one, other) => rank(one.name) - rank(other.name));
  return inOrder.map((method) => ({
    method: method.name,
    support: supportOf(method, disk, targets),
    sanitization: method.sanitization(disk),
    seconds: method.estimate(disk, options),
  }));
}

function supportOf(method: EraseMethod, disk: ProbedDisk, targets: ReadonlySet<string>): Support {
  const support = method.supports(disk);
  if (support.kind !== 'supported') return support;
  const outside = method.reach(disk).filter((path) => !targets.has(path));
  if (outside.length === 0) return support;
  return { kind: 'blocked', why: `it would erase ${outside.join(', ')}, too, which must not be erased` };
}

/** Methods that the step may use, strongest first. Write-zeroes and discard are used only where somebody asks for them by name. */
function candidates(step: EraseStepName, options: EraseOptions): readonly EraseMethodName[] {
  if (step === 'erase_devices_metadata') return ['metadata'];
  if (step === 'erase_devices_express') {
    return options.nvmeSecureErase ? ['nvme-format-crypto', 'nvme-format-user-data', 'metadata'] : ['metadata'];
  }
  if (options.method) return [options.method];
  return eraseMethodNames.filter((name) => {
    if (name.startsWith('nvme-')) return options.nvmeSecureErase;
    if (name.startsWith('ata-') || name.startsWith('scsi-')) return options.ataSecureErase;
    return name === 'overwrite';
  });
}

/** An NVMe drive that can neither sanitize nor format: ironic-python-agent fails there, too, unless it may go on. */
function lacksOwnErase({ step, options, disk }: ChoiceInput, possible: readonly Ability[]): boolean {
  const isAsked = step === 'erase_devices' && options.nvmeSecureErase && options.method === null;
  return isAsked && disk.probe.kind === 'nvme' && possible[0]?.method === 'overwrite';
}

function reason(chosen: Ability, strongest: Ability, { method }: EraseOptions): string {
  const how = chosen.support.kind === 'supported' ? chosen.support.how : '';
  if (chosen !== strongest && strongest.support.kind === 'blocked') {
    return `${how}; ${strongest.method} is stronger but blocked (${strongest.support.why}), and the node allows a weaker method`;
  }
  return method === null ? how : `${how}; asked for by name`;
}

function refusal({ device }: ProbedDisk, known: readonly Ability[], lacksOwn: boolean): Refusal {
  const reasons = known
    .filter(({ support }) => support.kind !== 'supported')
    .map(({ method, support }) => `${method}: ${support.kind === 'supported' ? '' : support.why}`);
  const weaker =
    lacksOwn || reasons.length < known.length
      ? '; a weaker method is possible, but agent_continue_if_secure_erase_failed does not allow it'
      : '';
  const detail = `${device.path} has no method that may be used (${reasons.join('; ')})${weaker}`;
  return { device: device.path, reason: 'no-method', detail };
}

function rank(name: EraseMethodName): number {
  return eraseMethodNames.indexOf(name);
}

import type { ObjectSchema } from 'joi';
import type { Config } from './config.ts';
import type { StepProcess } from './ironic-node.ts';
import type { StepContext } from './job-context.ts';
import type { ProgressUnit } from './progress.ts';
import type { QueueName } from './queue-name.ts';
import type { Replay } from './replay.ts';

/** A number, or the option that says it. */
export type StepPriority = number | Extract<keyof Config, `${string}Priority`>;

/** A clean, deploy or service step: declared once, in one file. Everything else about it derives from this object. */
export interface StepDeclaration<Args extends object = never> {
  /** Wire name; equals the file name with underscores. */
  readonly name: string;
  /** One sentence with a full stop. */
  readonly summary: string;
  readonly interface: 'deploy' | 'raid' | 'bios' | 'management' | 'power' | 'firmware';
  /** Priority in each process that may run it; 0 runs only on request; a process left out does not offer it. */
  readonly offer: Readonly<Partial<Record<StepProcess, StepPriority>>>;
  /** Schema of `step.args`; each key has a description. argsinfo derives from it. */
  readonly args: ObjectSchema<Args>;
  readonly queue: QueueName;
  readonly replay: Replay;
  readonly progress: ProgressUnit;
  readonly abortable: boolean;
  readonly rebootRequested: boolean;
  run(args: Args, context: StepContext): Promise<unknown>;
}

/** A step whose argument type nobody needs to know: the form in which catalogues hold it. */
// biome-ignore lint/suspicious/noExplicitAny: arguments are validated against the step's own schema before run is called
export type AnyStep = StepDeclaration<any>;

export function defineStep<Args extends object>(step: StepDeclaration<Args>): StepDeclaration<Args> {
  return Object.freeze(step);
}

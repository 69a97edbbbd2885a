import type { ObjectSchema } from 'joi';
import type { Config } from './config.ts';
import type { StepProcess } from './ironic-node.ts';
import type { Host, JobContext } from './job-context.ts';
import type { ProgressUnit } from './progress.ts';
import type { QueueName } from './queue-name.ts';
import type { Replay } from './replay.ts';

/** How a command is done, or: as the step in its parameters says. */
export type Handling =
  | { readonly kind: 'fixed'; readonly queue: QueueName; readonly replay: Replay; readonly progress: ProgressUnit }
  | { readonly kind: 'as-step'; readonly process: StepProcess };

/** A command of the wire contract: declared once, in one file whose path is its name. */
export interface CommandDeclaration<Params extends object = never> {
  /** `extension.command` */
  readonly name: string;
  /** One sentence with a full stop. */
  readonly summary: string;
  readonly params: ObjectSchema<Params>;
  /** `sync`: the answer to the POST carries the result; `async`: it says RUNNING. */
  readonly mode: 'sync' | 'async';
  readonly handling: Handling;
  /** While another command runs: `refuse` (the default) says so at once, `wait` waits for its end. */
  readonly whenBusy?: 'refuse' | 'wait';
  readonly abortable: boolean;
  /** Asked before it is accepted, with parameters that fit the schema: throws the AgentError that is answered instead. */
  accept?(params: Params, config: Config): void;
  run(params: Params, context: JobContext): Promise<unknown>;
  /**
   * Given for a command whose success ends the service: once it is answered, nobody is in this boot, and no heartbeat is sent. This
   * is what a worker does then; done again where its process dies meanwhile.
   */
  afterService?(host: Host): Promise<void>;
}

/** A command whose parameter type nobody needs to know: the form in which catalogues hold it. */
// biome-ignore lint/suspicious/noExplicitAny: parameters are validated against the command's own schema before run is called
export type AnyCommand = CommandDeclaration<any>;

export function defineCommand<Params extends object>(command: CommandDeclaration<Params>): CommandDeclaration<Params> {
  return Object.freeze(command);
}

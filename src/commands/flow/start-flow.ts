import joi from 'joi';
import { type AnyCommand, defineCommand } from '../../core/command.ts';
import type { Config } from '../../core/config.ts';
import type { JobCheckpoint, JobContext } from '../../core/job-context.ts';
import { AgentError } from '../../errors/agent-error.ts';
import { CommandExecutionError, InvalidCommandParamsError, VersionMismatchError } from '../../errors/catalogue.ts';
import { errorText } from '../../errors/guards.ts';
import { singleCommands } from '../single-commands.ts';

interface StartFlowParams {
  readonly flow: readonly Readonly<Record<string, object>>[];
}

/** A command of a flow, with its own parameters as its schema has made them. */
interface FlowPart {
  readonly command: AnyCommand;
  readonly params: object;
}

export const startFlow = defineCommand<StartFlowParams>({
  name: 'flow.start_flow',
  summary: 'Run several commands, one after the other, until one fails.',
  params: joi.object<StartFlowParams>({
    flow: joi
      .array()
      .items(joi.object().pattern(joi.string(), joi.object().unknown()).length(1))
      .required()
      .description('Commands in their order, each an object with one key: its full name, with its parameters.'),
  }),
  mode: 'async',
  // Of the group that may take hours. Nobody knows how far a flow came, and its parts may be of any class: the weakest holds.
  handling: { kind: 'fixed', queue: 'image', replay: 'once', progress: 'steps' },
  // Parts of it must not be cut short.
  abortable: false,
  accept: (params, config) => void partsOf(params, config),
  async run(params, context) {
    const parts = partsOf(params, context.config);
    for (const [done, part] of parts.entries()) {
      context.report({ phase: part.command.name, done, total: parts.length });
      await runPart(part, context);
    }
    return null;
  },
});

/** Throws InvalidCommandParamsError, or what one of the commands itself is refused with. Nothing has run then. */
function partsOf({ flow }: StartFlowParams, config: Config): readonly FlowPart[] {
  return flow.flatMap((part, index) =>
    Object.entries(part).map(([name, params]) => partOf(name, params, index, config)),
  );
}

function partOf(name: string, given: object, index: number, config: Config): FlowPart {
  const command = singleCommands.find((candidate) => candidate.name === name);
  const refuse = (why: string): Error => new InvalidCommandParamsError(`flow[${index}]: ${name.slice(0, 100)}: ${why}`);
  if (command === undefined) throw refuse('no such command can be a part of a flow');
  if (command.afterService) throw refuse('the agent serves no more after it, so it cannot be a part of a flow');
  const { value, error } = command.params.validate(given, { convert: false, errors: { wrap: { label: "'" } } });
  if (error) throw refuse(error.message);
  command.accept?.(value, config);
  return { command, params: value as object };
}

async function runPart({ command, params }: FlowPart, context: JobContext): Promise<void> {
  context.signal.throwIfAborted();
  context.log.info({ command: command.name }, 'next command of the flow');
  try {
    await command.run(params, { ...context, checkpoint: passingCheckpoint(), report: () => undefined });
  } catch (error) {
    context.signal.throwIfAborted();
    // In the words and with the exception of the contract.
    if (!(error instanceof AgentError && error.kind === VersionMismatchError.kind)) {
      throw new CommandExecutionError(`${command.name} was failed: ${errorText(error)}`, { cause: error });
    }
    context.log.warn({ command: command.name, error }, 'other hardware managers were expected; the flow goes on');
  }
}

/** No flow is taken up again, and what one part saved is nothing to the next. */
function passingCheckpoint(): JobCheckpoint {
  let saved: unknown = null;
  return {
    read: () => saved,
    save: (value) => {
      saved = value;
    },
  };
}

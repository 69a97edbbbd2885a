import type { AnyCommand } from '../core/command.ts';
import { startFlow } from './flow/start-flow.ts';
import { singleCommands } from './single-commands.ts';

/** Every command of the wire contract, by its full name. */
export const commandCatalogue: ReadonlyMap<string, AnyCommand> = new Map(
  [...singleCommands, startFlow].map((command) => [command.name, command]),
);

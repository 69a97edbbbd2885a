import { Argument, type Command } from 'commander';
import { workerGroups } from '../../src/core/queue-name.ts';
import type { PartName } from './check-health.ts';
import { type ParsedFlags, withOptions } from './options.ts';

/** `ironhand health`: what compose asks its containers. */
export function addHealth(program: Command): void {
  withOptions(program.command('health'))
    .description('Tell by the exit code whether a process of an agent does its work: 0 when it does.')
    .addArgument(new Argument('<part>', 'which process').choices(['redis', 'api', ...Object.keys(workerGroups)]))
    // Loaded only now: no launcher needs it.
    .action(
      async (part: PartName, flags: ParsedFlags) => await (await import('./check-health.ts')).checkHealth(part, flags),
    );
}

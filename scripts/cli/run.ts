import type { Command } from 'commander';
import { errorText } from '../../src/errors/guards.ts';

/** Does what the command line says. What goes wrong is one line on standard error, and exit code 1. */
export async function run(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    process.stderr.write(`ironhand: ${errorText(error)}\n`);
    process.exitCode = 1;
  }
}

/**
 * `ironhand prepare` as a program of its own. In a ramdisk everything waits for it, and loading the whole command line would take longer
 * than what it does.
 */
import { Command } from 'commander';
import { asPrepare } from './prepare-command.ts';
import { run } from './run.ts';

await run(asPrepare(new Command('ironhand-prepare')));

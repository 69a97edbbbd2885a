import type { Command } from 'commander';
import { addErasePlan } from './erase-plan.ts';
import { addEraseVerify } from './erase-verify.ts';

/** The group `ironhand erase`: each of its commands is added by a file of its own. */
export function addEraseCommands(program: Command): void {
  const group = program.command('erase').description('Look at erasing: what is planned, and what was certified.');
  addErasePlan(group);
  addEraseVerify(group);
}

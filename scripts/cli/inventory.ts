import type { Command } from 'commander';
import { type ParsedFlags, withOptions } from './options.ts';

const exitHelp = `
Exit code:
  0  all of it
  3  parts are missing: standard error says which, and why
  1  it could not be made
Only reads, and no agent needs to run. Outside the ramdisk only the disks named by --devices are listed. docs/inventory.md has every
field.`;

/** Flags that are not options of the configuration, by the names that commander gives them. */
export interface InventoryFlags extends ParsedFlags {
  readonly bmc?: boolean;
}

/** `ironhand inventory` */
export function addInventory(program: Command): void {
  withOptions(program.command('inventory'))
    .description('Print what this machine is made of, as Ironic would get it.')
    .option('--no-bmc', 'do not ask the BMC for its addresses')
    .addHelpText('after', exitHelp)
    // Loaded only now: whatever looks at hardware has no place in the memory of a launcher.
    .action(async (flags: InventoryFlags) => await (await import('./show-inventory.ts')).showInventory(flags));
}

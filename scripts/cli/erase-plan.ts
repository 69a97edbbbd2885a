import { type Command, Option } from 'commander';
import { eraseMethodNames } from '../../src/storage/erase/method-name.ts';
import type { EraseStepName } from '../../src/storage/erase/plan/erase-plan.ts';
import { type ParsedFlags, withOptions } from './options.ts';

const exitHelp = `
Exit code:
  0  it could be done: the step would begin
  3  refused: nothing would be erased, for the reasons given
  1  the plan could not be made
Nothing is touched, and no agent needs to run. Outside the ramdisk only the disks named by --devices are looked at.
The hash, given to the step as plan_hash, makes it refuse whatever is not this very plan.`;

const steps: readonly EraseStepName[] = ['erase_devices', 'erase_devices_metadata', 'erase_devices_express'];

/** Flags that are not options of the configuration, by the names that commander gives them. */
export interface PlanFlags extends ParsedFlags {
  readonly json?: boolean;
  readonly node?: string;
  readonly step?: EraseStepName;
  readonly method?: string;
  readonly passes?: string;
  readonly verification?: string;
  readonly fabricDevices?: string;
  readonly dissolveArrays?: boolean;
}

/** `ironhand erase plan` */
export function addErasePlan(group: Command): void {
  withOptions(group.command('plan'))
    .description('Show what an erase would do to every disk of this machine, and why. Touches nothing.')
    .option('--json', 'as JSON, in the form of POST /v1/erase/plan')
    .option('--node <file>', 'the node as Ironic has it, JSON: its erase options, hints and skip list count')
    .addOption(new Option('--step <name>', 'the step to plan for').choices(steps).default('erase_devices'))
    .addOption(new Option('--method <name>', 'the one method to use on every disk').choices(eraseMethodNames))
    .option('--passes <list>', 'what an overwrite writes, pass by pass: zeros, random, or a byte such as 0x55')
    .addOption(new Option('--verification <how>', 'how much is read back').choices(['sample', 'full']))
    .option('--fabric-devices <list>', 'serial numbers or WWNs of network-attached disks that may be erased')
    .option('--dissolve-arrays', 'stop software RAID arrays and erase their members')
    .addHelpText('after', exitHelp)
    // Loaded only now: whatever looks at disks has no place in the memory of a launcher.
    .action(async (flags: PlanFlags) => await (await import('./show-erase-plan.ts')).showErasePlan(flags));
}

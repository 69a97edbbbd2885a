import type { Command } from 'commander';
import { configRequest, type ParsedFlags, withOptions } from './options.ts';
import { prepareBoot } from './prepare.ts';
import { shareWithUsers } from './state-users.ts';
import { writeUnitFiles } from './unit-files.ts';

/** Makes a command `ironhand prepare`. */
export function asPrepare(command: Command): Command {
  return withOptions(command)
    .description(
      'Do what comes once in a boot, before the processes are started one by one: media, VLANs, multicast DNS, clock. Tells systemd how to start them.',
    )
    .action(async (flags: ParsedFlags) => {
      const prepared = await prepareBoot(configRequest(flags));
      writeUnitFiles(prepared);
      shareWithUsers(prepared);
      for (const warning of prepared.warnings) process.stderr.write(`ironhand: ${warning}\n`);
    });
}

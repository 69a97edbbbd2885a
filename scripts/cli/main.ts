import { Command, Option } from 'commander';
import { packageManifest } from '../../src/core/package-version.ts';
import { isWorkerGroup, type WorkerGroup, workerGroups } from '../../src/core/queue-name.ts';
import { ConfigurationError } from '../../src/errors/catalogue.ts';
import { errorText } from '../../src/errors/guards.ts';
import { runAgent } from './agent.ts';
import { addEraseCommands } from './erase.ts';
import { addHealth } from './health.ts';
import { addInventory } from './inventory.ts';
import { configRequest, type ParsedFlags, withOptions } from './options.ts';
import { prepare, prepareBoot, prepareRedis } from './prepare.ts';
import { apiProcess, redisProcess, workerProcess } from './process-table.ts';
import { replaceProcess } from './replace-process.ts';
import { shareWithUsers } from './state-users.ts';
import { writeUnitFiles } from './unit-files.ts';

const { version, description } = packageManifest();

const program = new Command('ironhand').description(description).version(version);

withOptions(program.command('agent'))
  .description('Start everything in the foreground, for use outside the ramdisk. Prints one line when it is ready.')
  .action(async (flags: ParsedFlags) => await runAgent(await prepareBoot(configRequest(flags))));

withOptions(program.command('prepare'))
  .description(
    'Do what comes once in a boot, before the processes are started one by one: media, VLANs, multicast DNS, clock. Tells systemd how to start them.',
  )
  .action(async (flags: ParsedFlags) => {
    const prepared = await prepareBoot(configRequest(flags));
    writeUnitFiles(prepared);
    shareWithUsers(prepared);
    for (const warning of prepared.warnings) process.stderr.write(`ironhand: ${warning}\n`);
  });

withOptions(program.command('redis'))
  .description('Start the private redis-server alone.')
  .action(async (flags: ParsedFlags) => {
    const { state } = await prepareRedis(configRequest(flags));
    replaceProcess(redisProcess(state));
  });

withOptions(program.command('api'))
  .description('Start the api alone; it waits for redis.')
  .action(async (flags: ParsedFlags) => {
    const { config, state } = await prepare(configRequest(flags));
    replaceProcess(apiProcess(config, state));
  });

withOptions(program.command('worker'))
  .description('Start one group of workers alone; it waits for redis.')
  .addOption(
    new Option('--group <name>', 'which queues it serves').choices(Object.keys(workerGroups)).makeOptionMandatory(),
  )
  .action(async (flags: ParsedFlags) => {
    const { config, state } = await prepare(configRequest(flags));
    replaceProcess(workerProcess(groupOf(flags), config, state));
  });

addHealth(program);
addEraseCommands(program);
addInventory(program);

function groupOf({ group }: ParsedFlags): WorkerGroup {
  if (typeof group === 'string' && isWorkerGroup(group)) return group;
  throw new ConfigurationError(`--group: expected one of ${Object.keys(workerGroups).join(', ')}`);
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`ironhand: ${errorText(error)}\n`);
  process.exitCode = 1;
}

import { Command, Option } from 'commander';
import { packageManifest } from '../../src/core/package-version.ts';
import { isWorkerGroup, type WorkerGroup, workerGroups } from '../../src/core/queue-name.ts';
import { ConfigurationError } from '../../src/errors/catalogue.ts';
import { runAgent } from './agent.ts';
import { addEraseCommands } from './erase.ts';
import { addHealth } from './health.ts';
import { addInventory } from './inventory.ts';
import { configRequest, type ParsedFlags, withOptions } from './options.ts';
import { prepare, prepareBoot, prepareRedis } from './prepare.ts';
import { asPrepare } from './prepare-command.ts';
import { apiProcess, redisProcess, workerProcess } from './process-table.ts';
import { replaceProcess } from './replace-process.ts';
import { run } from './run.ts';

const { version, description } = packageManifest();

const program = new Command('ironhand').description(description).version(version);

withOptions(program.command('agent'))
  .description('Start everything in the foreground, for use outside the ramdisk. Prints one line when it is ready.')
  .action(async (flags: ParsedFlags) => await runAgent(await prepareBoot(configRequest(flags))));

asPrepare(program.command('prepare'));

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

await run(program);

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import { type OptionKey, optionDeclarations, optionKeys } from '../../src/config/declarations.ts';
import { flag, type OptionDeclaration } from '../../src/config/option.ts';
import { isWorkerGroup, type WorkerGroup, workerGroups } from '../../src/core/queue-name.ts';
import { ConfigurationError } from '../../src/errors/catalogue.ts';
import { errorText } from '../../src/errors/guards.ts';
import { runAgent } from './agent.ts';
import { type Prepared, prepare } from './prepare.ts';
import { apiProcess, redisProcess, workerProcess } from './process-table.ts';
import { replaceProcess } from './replace-process.ts';

interface Parsed {
  readonly configFile?: string[];
  readonly configDir?: string[];
  readonly tls?: boolean;
  readonly [flag: string]: unknown;
}

const manifest = path.join(import.meta.dirname, '../../package.json');
const { version, description } = JSON.parse(readFileSync(manifest, 'utf8')) as Record<
  'version' | 'description',
  string
>;

const program = new Command('ironhand').description(description).version(version);

withOptions(program.command('agent'))
  .description('Start everything in the foreground, for use outside the ramdisk. Prints one line when it is ready.')
  .action(async (parsed: Parsed) => await runAgent(prepared(parsed)));

withOptions(program.command('redis'))
  .description('Start the private redis-server alone.')
  .action((parsed: Parsed) => replaceProcess(redisProcess(prepared(parsed).state)));

withOptions(program.command('api'))
  .description('Start the api alone; it waits for redis.')
  .action((parsed: Parsed) => {
    const { config, state } = prepared(parsed);
    replaceProcess(apiProcess(config, state));
  });

withOptions(program.command('worker'))
  .description('Start one group of workers alone; it waits for redis.')
  .addOption(
    new Option('--group <name>', 'which queues it serves').choices(Object.keys(workerGroups)).makeOptionMandatory(),
  )
  .action((parsed: Parsed) => {
    const { config, state } = prepared(parsed);
    replaceProcess(workerProcess(groupOf(parsed), config, state));
  });

/** Every option of the configuration as a flag, under its IPA name. */
function withOptions(command: Command): Command {
  command
    .option('--config-file <file>', 'INI file with options by their IPA names; may be repeated', collect)
    .option('--config-dir <dir>', 'directory of such files, *.conf; may be repeated', collect)
    .option('--no-tls', 'serve plain http: neither automatic nor given certificates');
  for (const key of optionKeys) {
    const option: OptionDeclaration<unknown> = optionDeclarations[key];
    if (option.environmentOnly) continue;
    const name = flag(option);
    const value = { switch: '[yes|no]', single: '<value>', list: '<list>' }[option.type.form];
    command.addOption(new Option(`${name} ${value}`, option.help));
  }
  return command;
}

function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}

function groupOf({ group }: Parsed): WorkerGroup {
  if (typeof group === 'string' && isWorkerGroup(group)) return group;
  throw new ConfigurationError(`--group: expected one of ${Object.keys(workerGroups).join(', ')}`);
}

function prepared({ configFile = [], configDir = [], tls, ...flags }: Parsed): Prepared {
  const given = tls === false ? { listenTls: false, enableAutoTls: false } : {};
  return prepare({ argv: { ...flagsByKey(flags), ...given }, configFiles: configFile, configDirs: configDir });
}

/** Commander names a flag by its camel case (`--api-url` is apiUrl), the configuration by its key (apiUrls). */
function flagsByKey(flags: Readonly<Record<string, unknown>>): Partial<Record<OptionKey, unknown>> {
  const attribute = (key: OptionKey): string => new Option(flag(optionDeclarations[key])).attributeName();
  return Object.fromEntries(
    optionKeys.filter((key) => flags[attribute(key)] !== undefined).map((key) => [key, flags[attribute(key)]]),
  );
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`ironhand: ${errorText(error)}\n`);
  process.exitCode = 1;
}

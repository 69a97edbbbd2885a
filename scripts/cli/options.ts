import { type Command, Option } from 'commander';
import { type OptionKey, optionDeclarations, optionKeys } from '../../src/config/declarations.ts';
import { flag } from '../../src/config/option.ts';
import { optionRows } from '../../src/config/option-table.ts';
import { type ConfigInputRequest, standardConfigPlaces } from '../../src/config/read-config-inputs.ts';

/** What the command line says, by the names that commander gives to flags. */
export interface ParsedFlags {
  readonly configFile?: string[];
  readonly configDir?: string[];
  readonly tls?: boolean;
  readonly [flag: string]: unknown;
}

const otherSources = `
Every option has one name everywhere: --api-url is api_url in the section [DEFAULT] of a configuration file, and
IRONHAND_API_URL in the environment. Unless files are named, these are read where they exist:
  ${[...standardConfigPlaces.files, ...standardConfigPlaces.dirs.map((dir) => `${dir}/*.conf`)].join('\n  ')}
Flags are stronger than files, files than the environment, the environment than the kernel command line (ipa-api-url).`;

/** Adds every option of the configuration as a flag, under its IPA name. */
export function withOptions(command: Command): Command {
  command
    .option('--config-file <file>', 'INI file with options by their IPA names; may be repeated', collect)
    .option('--config-dir <dir>', 'directory of such files, *.conf; may be repeated', collect)
    .option('--no-tls', 'serve plain http: neither automatic nor given certificates');
  for (const row of optionRows()) {
    if (row.flag === null) continue;
    const value = { switch: '[yes|no]', single: '<value>', list: '<list>' }[row.form];
    const preset = row.default === null ? '' : ` (default: ${row.default})`;
    command.addOption(new Option(`${row.flag} ${value}`, row.help + preset));
  }
  return command.addHelpText('after', otherSources);
}

/** What the command line says, as the configuration asks for it. */
export function configRequest({ configFile = [], configDir = [], tls, ...flags }: ParsedFlags): ConfigInputRequest {
  const given = tls === false ? { listenTls: false, enableAutoTls: false } : {};
  return { argv: { ...flagsByKey(flags), ...given }, configFiles: configFile, configDirs: configDir };
}

/** Commander names a flag by its camel case (`--api-url` is apiUrl), the configuration by its key (apiUrls). */
function flagsByKey(flags: Readonly<Record<string, unknown>>): Partial<Record<OptionKey, unknown>> {
  const attribute = (key: OptionKey): string => new Option(flag(optionDeclarations[key])).attributeName();
  return Object.fromEntries(
    optionKeys.filter((key) => flags[attribute(key)] !== undefined).map((key) => [key, flags[attribute(key)]]),
  );
}

function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}

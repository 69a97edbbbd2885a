import { ConfigurationError } from '../errors/catalogue.ts';
import { type OptionKey, optionDeclarations, optionKeys } from './declarations.ts';
import { IniSyntaxError, parseIni } from './ini.ts';
import { parseKernelCommandLine } from './kernel-command-line.ts';
import { noEffectWarning, optionsWithoutEffect } from './no-effect.ts';
import { environmentVariable, flag, type OptionDeclaration } from './option.ts';

/** A value that somebody gave for an option, not looked at yet. */
export interface GivenValue {
  readonly key: OptionKey;
  readonly raw: unknown;
  readonly source: string;
}

/** An option by its name in the section DEFAULT, and what it is to be. */
export interface NetworkValue {
  readonly name: string;
  readonly value: string;
}

const options: readonly (readonly [OptionKey, OptionDeclaration<unknown>])[] = optionKeys.map((key) => [
  key,
  optionDeclarations[key],
]);

const byFileName = new Map(
  options.flatMap(([key, { group = 'DEFAULT', name, oldName }]) => [
    [`${group}.${name}`, key] as const,
    ...(oldName === undefined ? [] : [[oldName, key] as const]),
  ]),
);
const withoutEffect = new Map(
  optionsWithoutEffect.flatMap((entry) =>
    entry.option === null ? [] : [[`${entry.option.group}.${entry.option.name}`, entry] as const],
  ),
);
const byVariable = new Map(options.map(([key, option]) => [environmentVariable(option), key]));

/** Variables with our prefix that are no options: the file that a launcher hands to its children. */
const otherVariables = new Set(['IRONHAND_CONFIG']);

/** An empty text counts as not given: `IRONHAND_API_URL=` in a compose file is how people leave a thing out. */
function isGiven(raw: unknown): boolean {
  return raw !== undefined && raw !== '';
}

export function valuesFromKernel(commandLine: string, warnings: string[]): GivenValue[] {
  return valuesFromParameters(parseKernelCommandLine(commandLine), 'kernel', warnings);
}

/** `parameters.txt` of virtual media is written like a kernel command line. */
export function valuesFromMedia(parameters: string, warnings: string[]): GivenValue[] {
  return valuesFromParameters(parseKernelCommandLine(parameters), 'virtual media', warnings);
}

function valuesFromParameters(
  parameters: ReadonlyMap<string, string>,
  where: 'kernel' | 'virtual media',
  warnings: string[],
): GivenValue[] {
  for (const entry of optionsWithoutEffect) {
    const { kernelParameter: name } = entry;
    if (name !== null && parameters.has(name)) warnings.push(noEffectWarning(`${where} parameter`, name, entry));
  }
  return options.flatMap(([key, { kernelParameter: name }]) => {
    const raw = name === null ? undefined : parameters.get(name);
    return isGiven(raw) ? [{ key, raw, source: `${where} parameter ${name}` }] : [];
  });
}

/** What was found on the network; an option that is unknown, or that only whoever starts the agent may set, is passed over. */
export function valuesFromNetwork(values: readonly NetworkValue[], warnings: string[]): GivenValue[] {
  return values.flatMap(({ name, value }) => {
    const source = 'multicast DNS';
    const key = byFileName.get(`DEFAULT.${name}`);
    if (key && !isForThisMachineOnly(key)) return [{ key, raw: value, source }];
    warnings.push(`${source}: ${name} cannot be set by it`);
    return [];
  });
}

/** Whether neither virtual media nor the network may say it. */
export function isForThisMachineOnly(key: OptionKey): boolean {
  const { environmentOnly, notFromFiles, localOnly }: OptionDeclaration<unknown> = optionDeclarations[key];
  return Boolean(environmentOnly || notFromFiles || localOnly);
}

export function valuesFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  warnings: string[],
): GivenValue[] {
  return Object.entries(env).flatMap(([name, raw]) => {
    if (!name.startsWith('IRONHAND_') || otherVariables.has(name) || !isGiven(raw)) return [];
    const key = byVariable.get(name);
    if (key) return [{ key, raw, source: `environment variable ${name}` }];
    warnings.push(`environment variable ${name}: unknown option`);
    return [];
  });
}

/** Unknown options of a file are only warned of: files made for ironic-python-agent may have more than we know. */
export function valuesFromFile(
  file: { readonly path: string; readonly text: string },
  warnings: string[],
): GivenValue[] {
  return entriesOf(file).flatMap(({ section, key: name, value, line }) => {
    const source = `${file.path}:${line}`;
    const key = byFileName.get(`${section}.${name}`);
    if (!key) {
      const known = withoutEffect.get(`${section}.${name}`);
      const unknown = `${source}: unknown option ${name} in section [${section}]`;
      warnings.push(known ? noEffectWarning(source, name, known) : unknown);
      return [];
    }
    refuseEnvironmentOnly(key, source);
    refuseFromFile(key, source);
    return isGiven(value) ? [{ key, raw: value, source }] : [];
  });
}

function entriesOf(file: { readonly path: string; readonly text: string }) {
  try {
    return parseIni(file.text);
  } catch (error) {
    if (!(error instanceof IniSyntaxError)) throw error;
    throw new ConfigurationError(`${file.path}:${error.line}: ${error.message}`, { cause: error });
  }
}

export function valuesFromFlags(argv: Readonly<Record<string, unknown>>): GivenValue[] {
  return Object.entries(argv).flatMap(([name, raw]) => {
    if (!Object.hasOwn(optionDeclarations, name)) {
      throw new ConfigurationError(`unknown flag ${JSON.stringify(name)}: expected a key of the configuration`);
    }
    const key = name as OptionKey;
    const source = `flag ${flag(optionDeclarations[key])}`;
    refuseEnvironmentOnly(key, source);
    return isGiven(raw) ? [{ key, raw, source }] : [];
  });
}

function refuseEnvironmentOnly(key: OptionKey, source: string): void {
  const option: OptionDeclaration<unknown> = optionDeclarations[key];
  if (!option.environmentOnly) return;
  throw new ConfigurationError(
    `${option.name}: expected only as ${environmentVariable(option)}, got it from ${source}`,
  );
}

function refuseFromFile(key: OptionKey, source: string): void {
  const option: OptionDeclaration<unknown> = optionDeclarations[key];
  if (!option.notFromFiles) return;
  throw new ConfigurationError(`${option.name}: expected only as flag ${flag(option)}, got it from ${source}`);
}

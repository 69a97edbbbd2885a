import type { Config } from '../core/config.ts';
import { ConfigurationError } from '../errors/catalogue.ts';
import { checkConfig } from './check-config.ts';
import { type OptionKey, optionDeclarations, optionKeys } from './declarations.ts';
import {
  type GivenValue,
  type NetworkValue,
  valuesFromEnvironment,
  valuesFromFile,
  valuesFromFlags,
  valuesFromKernel,
  valuesFromMedia,
  valuesFromNetwork,
} from './given-values.ts';
import { defaultOf, type MachineFacts, type OptionDeclaration } from './option.ts';
import { parseOptionValue } from './option-value.ts';

/** Everything that options may come from. */
export interface ConfigInput {
  /** Command line flags that were given, parsed already, by key of Config. */
  readonly argv?: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly kernelCommandLine: string;
  /** `parameters.txt` of virtual media. */
  readonly mediaParameters?: string;
  /** INI files, weakest first. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** What the network told when it was asked. */
  readonly network?: readonly NetworkValue[];
  readonly machine: MachineFacts;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Where each value came from, in words: `default`, `/etc/ironhand/ironhand.conf:3`, `flag --api-url`. */
  readonly sources: Readonly<Record<OptionKey, string>>;
  /** What looks like a mistake but stops nothing; for the log. */
  readonly warnings: readonly string[];
}

/**
 * The value of every option, from its strongest source. Weakest first: default, kernel command line, virtual media parameters,
 * environment, files, flags, multicast DNS. Throws ConfigurationError that names option, source, what was expected and what came.
 */
export function loadConfig(input: ConfigInput): LoadedConfig {
  const warnings: string[] = [];
  const kernel = [
    ...valuesFromKernel(input.kernelCommandLine, warnings),
    ...valuesFromMedia(input.mediaParameters ?? '', warnings),
  ];
  const environment = valuesFromEnvironment(input.env, warnings);
  const files = input.files.flatMap((file) => valuesFromFile(file, warnings));
  const flags = valuesFromFlags(input.argv ?? {});
  const network = valuesFromNetwork(input.network ?? [], warnings);
  const usual = [...kernel, ...environment, ...files, ...flags, ...network];
  const kernelAfterFiles = [...environment, ...files, ...kernel, ...flags, ...network];

  const values: Partial<Record<OptionKey, unknown>> = {};
  const sources = {} as Record<OptionKey, string>;
  for (const key of optionKeys) {
    const option: OptionDeclaration<unknown> = optionDeclarations[key];
    const given = strongest(key, option.kernelBeatsFiles ? kernelAfterFiles : usual);
    values[key] = given ? parseOptionValue(option, given.raw, given.source) : defaultOf(option, input.machine);
    sources[key] = given?.source ?? 'default';
  }
  const config = Object.freeze(values) as Config;
  refuseClaimsAboutMachine(config, input.machine);
  warnings.push(...checkConfig(config, sources));
  return { config, sources, warnings };
}

function strongest(key: OptionKey, given: readonly GivenValue[]): GivenValue | undefined {
  return given.findLast((candidate) => candidate.key === key);
}

/** What opens the safety latch, or a part of it, works only where it is true. */
export function refuseClaimsAboutMachine(
  config: Pick<Config, 'insideRamdisk' | 'ownNetworkNamespace'>,
  machine: MachineFacts,
): void {
  if (config.insideRamdisk && !machine.rootInMemory) {
    throw new ConfigurationError(
      'ramdisk: expected a root file system in memory (tmpfs, ramfs or rootfs), got one on a disk: ' +
        'IRONHAND_RAMDISK belongs only into the ramdisk, where every disk may be erased',
    );
  }
  if (config.ownNetworkNamespace && !machine.ownNetworkNamespace) {
    throw new ConfigurationError(
      'own_network_namespace: expected another network namespace than that of the first process of this machine, got the ' +
        'same: its interfaces are not ours to change',
    );
  }
}

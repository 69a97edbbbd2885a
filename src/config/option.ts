import type { OptionType } from './option-types.ts';

/** What is known of the machine before any option is read; some defaults depend on it. */
export interface MachineFacts {
  /** Whether the kernel speaks IPv6. */
  readonly ipv6: boolean;
  /** Whether the root file system lives in memory, as it does in a ramdisk and nowhere else. */
  readonly rootInMemory: boolean;
  /** Whether the network namespace of this process is another than that of the first process. */
  readonly ownNetworkNamespace: boolean;
}

/** One option: everything that there is to say about it, in one place. */
export interface OptionDeclaration<T> {
  /** Name in INI files, in snake case; ironic-python-agent's own where it has the option. */
  readonly name: string;
  /** Section of the INI file. Default: `DEFAULT`. */
  readonly group?: string;
  /** Section and name that it had before, `ssl.cert_file`; still read from files. */
  readonly oldName?: string;
  /** Kernel parameter (`ipa-api-url`), or null where ironic-python-agent has none. */
  readonly kernelParameter: string | null;
  /** True where the kernel parameter is stronger than the files. */
  readonly kernelBeatsFiles?: true;
  /** True for the one option that no file, kernel parameter or flag may set. */
  readonly environmentOnly?: true;
  /** True where whoever starts the agent must say it: no file may, since one can come from virtual media. */
  readonly notFromFiles?: true;
  /** True where only this machine itself may say it, no virtual medium and no network: what is touched on it, and whose code runs. */
  readonly localOnly?: true;
  /** True where the value may be shown nowhere. */
  readonly secret?: true;
  readonly type: OptionType<T>;
  readonly default: NoInfer<T> | ((machine: MachineFacts) => NoInfer<T>);
  /** One sentence with a full stop. */
  readonly help: string;
}

export function defineOption<T>(option: OptionDeclaration<T>): OptionDeclaration<T> {
  return Object.freeze(option);
}

interface OptionName {
  readonly name: string;
  readonly group?: string;
}

/** Name of the environment variable of an option, `IRONHAND_API_URL`; with the section where that is not DEFAULT. */
export function environmentVariable(option: OptionName): string {
  return `IRONHAND_${longName(option).toUpperCase()}`;
}

/** Name of the command line flag of an option, `--api-url`; with the section where that is not DEFAULT, as in oslo.config. */
export function flag(option: OptionName): string {
  return `--${longName(option).replaceAll('_', '-')}`;
}

function longName({ group, name }: OptionName): string {
  return group === undefined ? name : `${group}_${name}`;
}

export function defaultOf<T>(option: OptionDeclaration<T>, machine: MachineFacts): T {
  const value = option.default;
  return typeof value === 'function' ? (value as (machine: MachineFacts) => T)(machine) : value;
}

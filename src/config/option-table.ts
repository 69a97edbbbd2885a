import { type OptionKey, optionDeclarations, optionKeys } from './declarations.ts';
import { defaultOf, environmentVariable, flag, type OptionDeclaration } from './option.ts';
import type { OptionType } from './option-types.ts';

/** One option in words, for the help of the command line and for the documentation. */
export interface OptionRow {
  readonly key: OptionKey;
  readonly name: string;
  readonly group: string;
  readonly kernelParameter: string | null;
  readonly environmentVariable: string;
  /** null for the option that cannot be given on the command line. */
  readonly flag: string | null;
  readonly form: OptionType<unknown>['form'];
  readonly expected: string;
  /** As it would be written in an INI file; null where there is none. */
  readonly default: string | null;
  readonly secret: boolean;
  readonly help: string;
}

/** Defaults are shown for this machine: one that speaks IPv6. */
const usualMachine = { ipv6: true, rootInMemory: true, ownNetworkNamespace: false };

/** All options, in the order of their declarations. */
export function optionRows(): OptionRow[] {
  return optionKeys.map((key) => {
    const option: OptionDeclaration<unknown> = optionDeclarations[key];
    return {
      key,
      name: option.name,
      group: option.group ?? 'DEFAULT',
      kernelParameter: option.kernelParameter,
      environmentVariable: environmentVariable(option),
      flag: option.environmentOnly ? null : flag(option),
      form: option.type.form,
      expected: option.type.expected,
      default: defaultText(defaultOf(option, usualMachine)),
      secret: option.secret ?? false,
      help: option.help,
    };
  });
}

function defaultText(value: unknown): string | null {
  if (value === null || (Array.isArray(value) && value.length === 0)) return null;
  return Array.isArray(value) ? value.join(',') : String(value);
}

import { InvalidCommandParamsError } from '../errors/catalogue.ts';
import type { IronicNode } from './ironic-node.ts';

/**
 * Options that a node carries: each is read by its key, and one that means nothing throws InvalidCommandParamsError with the key,
 * what was expected and what was found. null is as if it were not there.
 */
export interface NodeOptions {
  /** Conductors send booleans; people who set them by hand write texts. */
  toggle(key: string, fallback: boolean): boolean;
  wholeNumber(key: string, range: WholeNumberRange): number;
  /** A text of this form (a number is taken as its digits); null where there is none. */
  text(key: string, form: TextForm): string | null;
}

export interface WholeNumberRange {
  readonly fallback: number;
  readonly least: number;
  readonly most: number;
}

export interface TextForm {
  readonly fits: (text: string) => boolean;
  /** In words. */
  readonly expected: string;
}

export function nodeOptions(dictionary: 'driver_info' | 'driver_internal_info', node: IronicNode): NodeOptions {
  const said = node[dictionary] ?? {};
  const invalid = (key: string, expected: string, found: unknown): Error =>
    new InvalidCommandParamsError(`${dictionary}.${key}: expected ${expected}, found ${JSON.stringify(found)}`);
  return {
    toggle(key, fallback) {
      const value = said[key] ?? fallback;
      const text = String(value).toLowerCase();
      if (typeof value === 'boolean' || (typeof value === 'string' && /^(true|false)$/.test(text)))
        return text === 'true';
      throw invalid(key, 'true or false', value);
    },
    wholeNumber(key, { fallback, least, most }) {
      const value = said[key] ?? fallback;
      const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
      if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most) return number;
      throw invalid(key, `a whole number from ${least} to ${most}`, value);
    },
    text(key, { fits, expected }) {
      const value = said[key] ?? null;
      if (value === null) return null;
      const text = typeof value === 'number' ? String(value) : value;
      if (typeof text === 'string' && fits(text)) return text;
      throw invalid(key, expected, value);
    },
  };
}

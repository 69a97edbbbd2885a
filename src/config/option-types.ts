import Joi, { type Schema } from 'joi';

/** The type of an option: how its value is checked and how it is described. */
export interface OptionType<T> {
  /** `switch` needs no value on the command line; `list` is given with commas. */
  readonly form: 'switch' | 'single' | 'list';
  /** What a value has to be, to follow "expected" in an error message. */
  readonly expected: string;
  readonly schema: Schema<T>;
}

/** yes or no, in the spellings of oslo.config. */
export const toggle: OptionType<boolean> = {
  form: 'switch',
  expected: 'true or false',
  schema: Joi.boolean().truthy('1', 'yes', 'on', 't', 'y').falsy('0', 'no', 'off', 'f', 'n'),
};

const anyText = Joi.string().min(1);

export const text: OptionType<string> = { form: 'single', expected: 'a text', schema: anyText };
export const optionalText: OptionType<string | null> = {
  form: 'single',
  expected: 'a text',
  schema: anyText.allow(null),
};

/** A text of a certain look, or nothing. */
export function optionalTextLike(pattern: RegExp, expected: string): OptionType<string | null> {
  return { form: 'single', expected, schema: anyText.pattern(pattern).allow(null) };
}

const absolutePathSchema = Joi.string().pattern(/^\/[^\0]*$/);
export const path: OptionType<string> = { form: 'single', expected: 'an absolute path', schema: absolutePathSchema };
export const optionalPath: OptionType<string | null> = {
  form: 'single',
  expected: 'an absolute path',
  schema: absolutePathSchema.allow(null),
};

const port = (min: 0 | 1) => Joi.number().integer().min(min).max(65_535);
export const listenPort: OptionType<number> = { form: 'single', expected: 'a port, 0 to 65535', schema: port(0) };
export const optionalPort: OptionType<number | null> = {
  form: 'single',
  expected: 'a port, 1 to 65535',
  schema: port(1).allow(null),
};

/** Counts, and times in whole seconds. */
export function wholeNumber(min: number, unit = 'a whole number'): OptionType<number> {
  return { form: 'single', expected: `${unit}, at least ${min}`, schema: Joi.number().integer().min(min) };
}

export function wholeNumberIn(min: number, max: number): OptionType<number> {
  const schema = Joi.number().integer().min(min).max(max);
  return { form: 'single', expected: `a whole number, ${min} to ${max}`, schema };
}

export function seconds(min: number): OptionType<number> {
  return wholeNumber(min, 'a whole number of seconds');
}

/** Also less than a second. */
export const decimalSeconds: OptionType<number> = {
  form: 'single',
  expected: 'a number of seconds, at least 0',
  schema: Joi.number().min(0),
};

export function oneOf<const T extends string>(...values: readonly T[]): OptionType<T> {
  const expected = `one of ${values.join(', ')}`;
  return { form: 'single', expected, schema: Joi.string().valid(...values) as unknown as Schema<T> };
}

export function optionalOneOf<const T extends string>(...values: readonly T[]): OptionType<T | null> {
  const expected = `one of ${values.join(', ')}`;
  return { form: 'single', expected, schema: Joi.string().valid(...values, null) as unknown as Schema<T | null> };
}

/** Texts between commas, each of a certain look; spaces around them do not count. */
export function listOf(pattern: RegExp, expected: string): OptionType<readonly string[]> {
  const items = Joi.string().pattern(pattern);
  const split = (value: unknown) =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((item) => item.trim())
          .filter((item) => item !== '')
      : value;
  const schema = Joi.any().custom((value, helpers) => {
    const { error, value: list } = Joi.array().items(items).validate(split(value));
    return error ? helpers.error('any.invalid') : list;
  });
  return { form: 'list', expected, schema };
}

/** Addresses of a service, or the word by which multicast DNS is asked for them. */
export const urlsOrMdns = listOf(
  /^(mdns$|https?:\/\/[^\s/]+)/,
  'http:// or https:// URLs, separated by commas, or mdns',
);

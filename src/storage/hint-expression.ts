/** A hint that says nothing sensible; the message quotes it. */
export class DeviceHintError extends Error {
  override readonly name = 'DeviceHintError';
}

/** A test of one property of a device, as Ironic writes it: `>= 100`, `<or> a <or> b`, `s!= x`, or a bare value. */
export type HintExpression =
  | { readonly kind: 'equals'; readonly value: string }
  | { readonly kind: 'number'; readonly operator: NumberOperator; readonly value: number }
  | { readonly kind: 'text'; readonly operator: TextOperator; readonly value: string }
  | { readonly kind: 'contains'; readonly value: string }
  | { readonly kind: 'contains-all'; readonly values: readonly string[] }
  | { readonly kind: 'any-of'; readonly values: readonly string[] }
  | { readonly kind: 'range'; readonly from: Bound; readonly to: Bound };

export interface Bound {
  readonly value: number;
  readonly inclusive: boolean;
}

const numberOperators = ['<=', '>=', '==', '!=', '<', '>', '='] as const;
const textOperators = ['s<=', 's>=', 's==', 's!=', 's<', 's>'] as const;
const wordOperators = ['<or>', '<in>', '<all-in>', '<range-in>'] as const;
export type NumberOperator = (typeof numberOperators)[number];
export type TextOperator = (typeof textOperators)[number];

/** Lower case and no blanks around it: all comparisons of hints are blind to both. */
export function normalize(text: string): string {
  return text.trim().toLowerCase();
}

/** Throws DeviceHintError for an empty text and for an operator without a sensible operand. */
export function parseExpression(hint: string): HintExpression {
  const text = normalize(hint);
  if (text === '') throw new DeviceHintError('is empty');
  const words = wordOperators.find((operator) => text.startsWith(operator));
  if (words) return parseWords(text, words);
  const textOperator = textOperators.find((operator) => text.startsWith(operator));
  if (textOperator) return { kind: 'text', operator: textOperator, value: operand(text, textOperator) };
  const operator = numberOperators.find((candidate) => text.startsWith(candidate));
  if (operator) return { kind: 'number', operator, value: toNumber(operand(text, operator)) };
  return { kind: 'equals', value: withoutOperators(text) };
}

function parseWords(text: string, operator: (typeof wordOperators)[number]): HintExpression {
  switch (operator) {
    case '<in>':
      return { kind: 'contains', value: operand(text, operator) };
    case '<or>':
      return { kind: 'any-of', values: operands(text, operator).map(withoutOperators) };
    case '<all-in>':
      return { kind: 'contains-all', values: operands(text, operator).flatMap(parseElements) };
    case '<range-in>':
      return parseRange(operand(text, operator));
  }
}

function operand(text: string, operator: string): string {
  const rest = text.slice(operator.length).trim();
  if (rest === '') throw new DeviceHintError(`has nothing after ${operator}`);
  return withoutOperators(rest);
}

/** What stands after each occurrence of a repeated operator; one too many at the end does no harm, as with Ironic. */
function operands(text: string, operator: string): readonly string[] {
  const values = text.split(operator).map((value) => value.trim());
  const given = values.filter((value) => value !== '');
  if (given.length === 0) throw new DeviceHintError(`has nothing after ${operator}`);
  return given;
}

/** An operator within an operand can only be a mistake: such a hint would never match, or match what was not meant. */
function withoutOperators(text: string): string {
  const inner = wordOperators.find((operator) => text.includes(operator));
  if (inner) throw new DeviceHintError(`has ${inner} in the middle; an operator stands first, and alone`);
  return text;
}

const quoted = /^\s*(?:'([^']+)'|"([^"]+)")\s*$/;

/** `a b` and the list literal `['a', 'b c']` of Python. */
function parseElements(text: string): readonly string[] {
  const plain = withoutOperators(text);
  if (!plain.startsWith('[')) return plain.split(/\s+/);
  if (!plain.endsWith(']')) throw new DeviceHintError('has a list without its end after <all-in>');
  return plain
    .slice(1, -1)
    .split(/,(?=(?:[^'"]|'[^']*'|"[^"]*")*$)/)
    .map((element) => {
      const [, single, double] = quoted.exec(element) ?? [];
      const value = (single ?? double ?? '').trim();
      if (value === '') throw new DeviceHintError(`has a list with the element ${element.trim() || '(nothing)'}`);
      return value;
    });
}

/** `[ 10 20 ]`: square brackets include the bound, round ones do not. */
function parseRange(text: string): HintExpression {
  const match = /^([[(])\s*([^\s\])]+)\s+([^\s\])]+)\s*([\])])$/.exec(text);
  if (!match) throw new DeviceHintError('has no range such as [ 10 20 ] after <range-in>');
  const [, open, from = '', to = '', close] = match;
  const range = {
    from: { value: toNumber(from), inclusive: open === '[' },
    to: { value: toNumber(to), inclusive: close === ']' },
  };
  if (range.from.value > range.to.value) throw new DeviceHintError('has a range that ends before it begins');
  return { kind: 'range', ...range };
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/;
/** A double tells whole numbers apart up to here; two serial numbers beyond it might seem to be one. */
const exactDigits = 15;

/** A decimal number. Throws DeviceHintError for other texts, also for hexadecimal ones, and for too many digits. */
export function toNumber(text: string): number {
  const value = Number(text);
  if (!decimal.test(text) || !Number.isFinite(value)) {
    throw new DeviceHintError(`compares with "${text}", which is no number`);
  }
  if (text.replace(/e.*|\D/g, '').length > exactDigits) {
    throw new DeviceHintError(`compares with "${text}", which has too many digits for a number (s== compares texts)`);
  }
  return value;
}

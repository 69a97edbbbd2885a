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

interface Bound {
  readonly value: number;
  readonly inclusive: boolean;
}

const numberOperators = ['<=', '>=', '==', '!=', '<', '>', '='] as const;
const textOperators = ['s<=', 's>=', 's==', 's!=', 's<', 's>'] as const;
type NumberOperator = (typeof numberOperators)[number];
type TextOperator = (typeof textOperators)[number];

/** Lower case and no blanks around it: all comparisons of hints are blind to both. */
export function normalize(text: string): string {
  return text.trim().toLowerCase();
}

/** Throws DeviceHintError for an empty text and for an operator without a sensible operand. */
export function parseExpression(hint: string): HintExpression {
  const text = normalize(hint);
  if (text === '') throw new DeviceHintError('is empty');
  if (text.startsWith('<or>')) return { kind: 'any-of', values: alternatives(text) };
  if (text.startsWith('<in>')) return { kind: 'contains', value: operand(text, '<in>') };
  if (text.startsWith('<all-in>')) return { kind: 'contains-all', values: operand(text, '<all-in>').split(/\s+/) };
  if (text.startsWith('<range-in>')) return parseRange(operand(text, '<range-in>'));
  const textOperator = textOperators.find((operator) => text.startsWith(operator));
  if (textOperator) return { kind: 'text', operator: textOperator, value: operand(text, textOperator) };
  const operator = numberOperators.find((candidate) => text.startsWith(candidate));
  if (operator) return { kind: 'number', operator, value: toNumber(operand(text, operator)) };
  return { kind: 'equals', value: text };
}

/** True when the value of a device passes. Both sides are normalised. */
export function matchesText(expression: HintExpression, deviceValue: string): boolean {
  const value = normalize(deviceValue);
  switch (expression.kind) {
    case 'equals':
      return value === expression.value;
    case 'number':
      return compareNumbers(expression.operator, Number(value), expression.value);
    case 'text':
      return compareTexts(expression.operator, value, expression.value);
    case 'contains':
      return value.includes(expression.value);
    case 'contains-all':
      return expression.values.every((part) => value.includes(part));
    case 'any-of':
      return expression.values.includes(value);
    case 'range':
      return isWithin(expression, Number(value));
  }
}

/** The same for a quantity: words that are compared as numbers. Throws DeviceHintError where the operator is for texts. */
export function matchesNumber(expression: HintExpression, deviceValue: number): boolean {
  switch (expression.kind) {
    case 'equals':
      return deviceValue === positive(expression.value);
    case 'number':
      return compareNumbers(expression.operator, deviceValue, positive(String(expression.value)));
    case 'any-of':
      return expression.values.map(positive).includes(deviceValue);
    case 'range':
      return isWithin(expression, deviceValue);
    case 'text':
    case 'contains':
    case 'contains-all':
      throw new DeviceHintError('compares a number by an operator for texts');
  }
}

function operand(text: string, operator: string): string {
  const rest = text.slice(operator.length).trim();
  if (rest === '') throw new DeviceHintError(`has nothing after ${operator}`);
  return rest;
}

function alternatives(text: string): readonly string[] {
  const values = text
    .split('<or>')
    .slice(1)
    .map((value) => value.trim());
  if (values.includes('')) throw new DeviceHintError('has an empty alternative after <or>');
  return values;
}

/** `[ 10 20 ]`: square brackets include the bound, round ones do not. */
function parseRange(text: string): HintExpression {
  const match = /^([[(])\s*(\S+)\s+(\S+?)\s*([\])])$/.exec(text);
  if (!match) throw new DeviceHintError('has no range such as [ 10 20 ] after <range-in>');
  const [, open, from = '', to = '', close] = match;
  const range = {
    from: { value: toNumber(from), inclusive: open === '[' },
    to: { value: toNumber(to), inclusive: close === ']' },
  };
  if (range.from.value > range.to.value) throw new DeviceHintError('has a range that ends before it begins');
  return { kind: 'range', ...range };
}

function toNumber(text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value)) throw new DeviceHintError(`compares with "${text}", which is no number`);
  return value;
}

function positive(text: string): number {
  const value = toNumber(text);
  if (value <= 0) throw new DeviceHintError(`compares with ${text}, which is not above zero`);
  return value;
}

/** A lone `=` means "at least": Ironic kept that from its first scheduler. */
function compareNumbers(operator: NumberOperator, left: number, right: number): boolean {
  switch (operator) {
    case '=':
    case '>=':
      return left >= right;
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<=':
      return left <= right;
    case '<':
      return left < right;
    case '>':
      return left > right;
  }
}

function compareTexts(operator: TextOperator, left: string, right: string): boolean {
  switch (operator) {
    case 's==':
      return left === right;
    case 's!=':
      return left !== right;
    case 's<':
      return left < right;
    case 's<=':
      return left <= right;
    case 's>':
      return left > right;
    case 's>=':
      return left >= right;
  }
}

function isWithin({ from, to }: { readonly from: Bound; readonly to: Bound }, value: number): boolean {
  const above = from.inclusive ? value >= from.value : value > from.value;
  const below = to.inclusive ? value <= to.value : value < to.value;
  return above && below;
}

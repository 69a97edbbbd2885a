import {
  type Bound,
  DeviceHintError,
  type HintExpression,
  type NumberOperator,
  normalize,
  type TextOperator,
  toNumber,
} from './hint-expression.ts';

/**
 * True when a property of a device passes. `spellings` are the values that the property has (udev knows serial numbers by several
 * names): one of them must pass, of "not this one" all, and of `<all-in>` each element must be in some.
 */
export function matchesTexts(expression: HintExpression, spellings: readonly string[]): boolean {
  const values = spellings.map(normalize);
  if (expression.kind === 'contains-all') {
    return expression.values.every((part) => values.some((value) => value.includes(part)));
  }
  const passes = (value: string): boolean => matchesText(expression, value);
  return isNegative(expression) ? values.every(passes) : values.some(passes);
}

function isNegative(expression: HintExpression): boolean {
  return 'operator' in expression && (expression.operator === '!=' || expression.operator === 's!=');
}

function matchesText(expression: Exclude<HintExpression, { kind: 'contains-all' }>, value: string): boolean {
  switch (expression.kind) {
    case 'equals':
      return value === expression.value;
    case 'number':
      return compareNumbers(expression.operator, readNumber(value), expression.value);
    case 'text':
      return compareTexts(expression.operator, value, expression.value);
    case 'contains':
      return value.includes(expression.value);
    case 'any-of':
      return expression.values.includes(value);
    case 'range':
      return isWithin(expression, readNumber(value));
  }
}

/** NaN, which only "not this number" lets pass, for what is no decimal number. */
function readNumber(value: string): number {
  return /^[+-]?[\d.]+$/.test(value) ? Number(value) : Number.NaN;
}

/** The same for a quantity: words that are compared as numbers. Throws DeviceHintError where the operator is for texts. */
export function matchesNumber(expression: HintExpression, deviceValue: number): boolean {
  switch (expression.kind) {
    case 'equals':
      return deviceValue === positive(toNumber(expression.value));
    case 'number':
      return compareNumbers(expression.operator, deviceValue, positive(expression.value));
    case 'any-of':
      return expression.values.map((value) => positive(toNumber(value))).includes(deviceValue);
    case 'range':
      return isWithin(expression, deviceValue);
    case 'text':
    case 'contains':
    case 'contains-all':
      throw new DeviceHintError('compares a number by an operator for texts');
  }
}

function positive(value: number): number {
  if (value <= 0) throw new DeviceHintError(`compares with ${value}, which is not above zero`);
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

import type { BlockDevice } from '../core/block-device.ts';
import {
  DeviceHintError,
  type HintExpression,
  matchesNumber,
  matchesText,
  normalize,
  parseExpression,
} from './hint-expression.ts';

const bytesPerGib = 1024 ** 3;

type TextHint = Exclude<HintName, 'size' | 'rotational'>;

/** Every hint of Ironic, and the values of a device that it may equal; more than one where udev has several spellings. */
const hintedValues = {
  size: (device) => [device.sizeBytes / bytesPerGib],
  rotational: (device) => [device.rotational],
  model: (device) => [device.model],
  vendor: (device) => [device.vendor],
  name: (device) => [device.path],
  hctl: (device) => [device.hctl],
  by_path: (device) => [device.byPath],
  tran: (device) => [device.transport],
  serial: (device) => [device.serial, ...(device.otherSerials ?? [])],
  wwn: (device) => [device.wwn, ...(device.otherWwns ?? [])],
  wwn_with_extension: (device) => [device.wwnWithExtension],
  wwn_vendor_extension: (device) => [device.wwnVendorExtension],
} as const satisfies Record<string, (device: BlockDevice) => readonly (string | number | boolean | null)[]>;

export type HintName = keyof typeof hintedValues;

/** One hint, parsed. */
export type Hint =
  | { readonly name: 'size' | TextHint; readonly source: string; readonly expression: HintExpression }
  | { readonly name: 'rotational'; readonly source: string; readonly value: boolean };

const yes = ['true', '1', 't', 'y', 'yes', 'on'];
const no = ['false', '0', 'f', 'n', 'no', 'off'];

/** Parses hints as they stand in a node. Throws DeviceHintError that names the hint: a wrong hint may not match by chance. */
export function parseHints(source: unknown): readonly Hint[] {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    throw new DeviceHintError(`expected an object of hints, got ${JSON.stringify(source)}`);
  }
  return Object.entries(source).map(([name, value]) => {
    try {
      return parseHint(name, value);
    } catch (error) {
      if (!(error instanceof DeviceHintError)) throw error;
      throw new DeviceHintError(`hint ${name}: ${JSON.stringify(value)} ${error.message}`, { cause: error });
    }
  });
}

/** Why a device does not match, one sentence per hint that fails; empty when it matches all. */
export function findMismatches(device: BlockDevice, hints: readonly Hint[]): readonly string[] {
  return hints.flatMap((hint) => {
    const values = hintedValues[hint.name](device).filter((value) => value !== null && value !== '');
    if (values.length === 0) return [`its ${hint.name} is unknown`];
    const matches = isNegative(hint)
      ? values.every((value) => passes(hint, value))
      : values.some((value) => passes(hint, value));
    if (matches) return [];
    return [`${hint.name} ${values.map(shown).join(' or ')} does not match "${hint.source}"`];
  });
}

function parseHint(name: string, value: unknown): Hint {
  if (!Object.hasOwn(hintedValues, name)) {
    throw new DeviceHintError(`is not a hint (known: ${Object.keys(hintedValues).join(', ')})`);
  }
  if (!['string', 'number', 'boolean'].includes(typeof value)) throw new DeviceHintError('is not one value');
  const hintName = name as HintName;
  const source = String(value);
  if (hintName === 'rotational') return { name: hintName, source, value: parseBoolean(source) };
  const expression = parseExpression(source);
  // Tried once here, so that an operator or operand that cannot be is found even when there is no disk.
  if (hintName === 'size') matchesNumber(expression, 1);
  return { name: hintName, source, expression };
}

function parseBoolean(text: string): boolean {
  if (yes.includes(normalize(text))) return true;
  if (no.includes(normalize(text))) return false;
  throw new DeviceHintError('is neither true nor false');
}

function passes(hint: Hint, value: string | number | boolean | null): boolean {
  if (hint.name === 'rotational') return hint.value === value;
  if (typeof value === 'number') return matchesNumber(hint.expression, value);
  return matchesText(hint.expression, String(value));
}

/** "Not this serial number" must hold for all spellings of it. */
function isNegative(hint: Hint): boolean {
  return hint.name !== 'rotational' && 'operator' in hint.expression && /^s?!=$/.test(hint.expression.operator);
}

function shown(value: string | number | boolean | null): string {
  return typeof value === 'number' ? `${Math.round(value * 100) / 100} GiB` : `"${String(value)}"`;
}

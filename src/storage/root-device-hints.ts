import type { BlockDevice } from '../core/block-device.ts';
import { DeviceHintError, type HintExpression, normalize, parseExpression } from './hint-expression.ts';
import { matchesNumber, matchesTexts } from './hint-match.ts';

const bytesPerGib = 1024 ** 3;

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
export type Hint = TestedHint | { readonly name: 'rotational'; readonly source: string; readonly value: boolean };

interface TestedHint {
  readonly name: Exclude<HintName, 'rotational'>;
  readonly source: string;
  readonly expression: HintExpression;
}

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

/** What speaks for a device and what against it, one sentence per hint. */
export interface HintFindings {
  readonly matches: readonly string[];
  readonly mismatches: readonly string[];
}

/** Holds a device against every hint; it matches when nothing speaks against it. */
export function judgeByHints(device: BlockDevice, hints: readonly Hint[]): HintFindings {
  const findings = hints.map((hint) => judgeByHint(device, hint));
  const sentences = (fits: boolean) => findings.filter((finding) => finding.fits === fits).map(({ text }) => text);
  return { matches: sentences(true), mismatches: sentences(false) };
}

/** Why a device does not match, one sentence per hint that fails; empty when it matches all. */
export function findMismatches(device: BlockDevice, hints: readonly Hint[]): readonly string[] {
  return judgeByHints(device, hints).mismatches;
}

function judgeByHint(device: BlockDevice, hint: Hint): { readonly fits: boolean; readonly text: string } {
  if (hint.name === 'size') return judgeSize(device.sizeBytes, hint);
  const values = hintedValues[hint.name](device).filter((value) => value !== null && value !== '');
  if (values.length === 0) return { fits: false, text: `its ${hint.name} is unknown` };
  const texts = values.map(String);
  const fits = hint.name === 'rotational' ? values.includes(hint.value) : matchesTexts(hint.expression, texts);
  const shown = texts.map((text) => `"${text}"`).join(' or ');
  return { fits, text: `${hint.name} ${shown} ${fits ? 'matches' : 'does not match'} "${hint.source}"` };
}

/** Ironic compares the size in GiB as it is, with what stands behind the point: 480 GB are 447.13 GiB and do not equal 447. */
function judgeSize(
  sizeBytes: number,
  { source, expression }: TestedHint,
): { readonly fits: boolean; readonly text: string } {
  const gib = sizeBytes / bytesPerGib;
  const size = `size ${Math.round(gib * 100) / 100} GiB`;
  if (matchesNumber(expression, gib)) return { fits: true, text: `${size} matches "${source}"` };
  const asksForEqual = ['equals', 'any-of'].includes(expression.kind) || source.trim().startsWith('==');
  const advice =
    asksForEqual && !Number.isInteger(gib)
      ? ` (${sizeBytes} bytes are no whole number of GiB; >= or <range-in> can match it)`
      : '';
  return { fits: false, text: `${size} does not match "${source}"${advice}` };
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

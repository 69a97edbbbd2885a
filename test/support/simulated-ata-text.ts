import { existsSync, readFileSync } from 'node:fs';

/** The state of a drive as far as `hdparm -I` shows it. */
export interface ShownState {
  readonly path: string;
  readonly rotational: boolean;
  readonly sanitize: { readonly crypto: boolean; readonly block: boolean; readonly overwrite: boolean } | null;
  readonly zerosAfterTrim: boolean;
  readonly security: {
    readonly enabled: boolean;
    readonly locked: boolean;
    readonly frozen: boolean;
    readonly countExpired: boolean;
    readonly enhanced: boolean;
    readonly normalMinutes: number | null;
    readonly enhancedMinutes: number | null;
  } | null;
}

const fixtures = new URL('../fixtures/tools/hdparm/', import.meta.url);

/** What the real hdparm wrote in a case that was captured, with another path and password put in. */
export function capturedAnswer(
  name: string,
  { path, password }: { readonly path: string; readonly password?: string },
): { readonly stdout: string; readonly stderr: string; readonly exitCode: number } {
  const read = (extension: string): string => {
    const file = new URL(`emulated-${name}.${extension}`, fixtures);
    if (!existsSync(file)) return '';
    const text = readFileSync(file, 'utf8').replaceAll('/dev/sda', path);
    return password === undefined ? text : text.replaceAll('"ironhand"', `"${password === 'NULL' ? '' : password}"`);
  };
  return { stdout: read('txt'), stderr: read('stderr'), exitCode: Number(read('exit') || '0') };
}

/** `hdparm -I`: a captured output with the lines changed that depend on the state. */
export function identifyText(state: ShownState): string {
  const base = capturedAnswer(state.rotational ? 'hdd' : 'ssd', state).stdout.split('\n');
  const withoutState = base.filter((line) => !/SANITIZE feature|_EXT command$|TRIM|after TRIM/.test(line.trim()));
  const start = withoutState.indexOf('Security: ');
  const end = withoutState.findIndex((line) => line.startsWith('Logical Unit'));
  return [
    ...withoutState.slice(0, start),
    ...sanitizeLines(state),
    ...(state.zerosAfterTrim ? trimLines : []),
    ...securityLines(state.security),
    ...withoutState.slice(end),
  ].join('\n');
}

const trimLines = [
  '\t   *\tData Set Management TRIM supported (limit 8 blocks)',
  '\t   *\tDeterministic read ZEROs after TRIM',
];

function sanitizeLines({ sanitize }: ShownState): readonly string[] {
  if (!sanitize) return [];
  const line = (feature: string): string => `\t   *\t${feature}`;
  return [
    line('SANITIZE feature set'),
    ...(sanitize.crypto ? [line('CRYPTO_SCRAMBLE_EXT command')] : []),
    ...(sanitize.overwrite ? [line('OVERWRITE_EXT command')] : []),
    ...(sanitize.block ? [line('BLOCK_ERASE_EXT command')] : []),
  ];
}

function securityLines(security: ShownState['security']): readonly string[] {
  if (!security) return [];
  const flag = (isOn: boolean, name: string): string => `\t${isOn ? '' : 'not'}\t${name}`;
  const { normalMinutes: normal, enhancedMinutes: enhanced } = security;
  const times = [
    ...(normal === null ? [] : [`${normal}min for SECURITY ERASE UNIT.`]),
    ...(enhanced === null ? [] : [`${enhanced}min for ENHANCED SECURITY ERASE UNIT.`]),
  ];
  return [
    'Security: ',
    '\tMaster password revision code = 65534',
    '\t\tsupported',
    flag(security.enabled, 'enabled'),
    flag(security.locked, 'locked'),
    flag(security.frozen, 'frozen'),
    flag(security.countExpired, 'expired: security count'),
    flag(security.enhanced, 'supported: enhanced erase'),
    ...(security.enabled ? ['\tSecurity level high'] : []),
    times.length > 0 ? `\t${times.join(' ')}` : '',
  ];
}

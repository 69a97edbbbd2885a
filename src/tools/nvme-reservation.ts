import type { RunTool, ToolNeed } from '../core/tool.ts';
import { type JsonObject, numberOf, nvmeStatus, nvmeStatusOf, objectOf, parseObject } from './nvme-answer.ts';
import { readNvmeNamespace } from './nvme-identify.ts';

export const need: ToolNeed = { program: 'nvme', package: 'nvme-cli' };

/** A reservation that somebody holds on a namespace (NVM Express Base Specification 2.0, section 8.19). */
export interface NvmeReservation {
  /** Host identifier in hexadecimal digits; `unknown` where no registrant is said to hold it. */
  readonly holder: string;
  /** RTYPE: 1 Write Exclusive, 2 Exclusive Access, 3 to 6 those for registrants. */
  readonly type: number;
}

const command = 'resv-report';

/** null where nobody holds one. Throws on an unknown shape. */
export function parseReservation(stdout: string): NvmeReservation | null {
  // 64 bits, printed as a number: JSON.parse would round them.
  const report = parseObject(command, stdout.replace(/("hostid"\s*:\s*)(-?\d+)/g, '$1"$2"'));
  const type = numberOf(command, report, 'rtype');
  if (type === 0) return null;
  const registrants = report['regctls'] ?? report['regctlext'];
  if (!Array.isArray(registrants)) throw new Error(`nvme ${command} gave no registrants: ${stdout.slice(0, 200)}`);
  const holder = registrants
    .map((entry) => objectOf(command, entry))
    .find((entry) => (numberOf(command, entry, 'rcsts') & 1) === 1);
  return { holder: holder ? hostOf(holder) : 'unknown', type };
}

/** Of the short report a decimal number, of the extended one 32 hexadecimal digits. */
function hostOf(registrant: JsonObject): string {
  const host = registrant['hostid'];
  if (typeof host !== 'string') throw new Error(`nvme ${command} gave no hostid: ${JSON.stringify(registrant)}`);
  return host.length === 32 ? host : BigInt.asUintN(64, BigInt(host)).toString(16).padStart(16, '0');
}

/**
 * Who has reserved a namespace; null where nobody has, or where it knows no reservations (RESCAP is 0). A drive that has
 * registered long host identifiers answers only the extended form. Throws ToolError.
 */
export async function readNvmeReservation(run: RunTool, device: string): Promise<NvmeReservation | null> {
  const { rescap } = await readNvmeNamespace(run, device);
  if (rescap === 0) return null;
  try {
    return await report(run, device, []);
  } catch (error) {
    if (nvmeStatusOf(error) !== nvmeStatus.hostIdentifierFormat) throw error;
    return report(run, device, ['--eds']);
  }
}

async function report(run: RunTool, device: string, extended: readonly string[]): Promise<NvmeReservation | null> {
  const args = [command, device, ...extended, '--output-format=json'];
  const { stdout } = await run({ program: need.program, args, effect: { kind: 'read' } });
  return parseReservation(stdout);
}

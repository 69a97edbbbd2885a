import type { RunTool, ToolNeed } from '../core/tool.ts';
import { isObject } from '../errors/guards.ts';
import { ToolError } from '../errors/tool-error.ts';
import { isNotInstalled } from './is-installed.ts';

export const need: ToolNeed = { program: 'smartctl', package: 'smartmontools', optional: true };

/** What of SMART matters to somebody who wonders whether an erase can be trusted. null where the disk does not say. */
export interface SmartSummary {
  readonly passed: boolean | null;
  readonly powerOnHours: number | null;
  readonly reallocatedSectors: number | null;
  readonly pendingSectors: number | null;
  readonly uncorrectableErrors: number | null;
  /** NVMe: wear, 0 to 255. */
  readonly percentageUsed: number | null;
  readonly temperatureCelsius: number | null;
}

export function smartArgs(device: string): readonly string[] {
  return ['--json', '-a', device];
}

/** smartctl(8), EXIT STATUS: bits. The others are findings about a disk that did answer. */
const unknownDevice = 1;
const openFailed = 2;
const findings = Array.from({ length: 256 }, (_, status) => status).filter((status) => (status & openFailed) === 0);

/**
 * SMART of an ATA, SCSI or NVMe disk; null where it has none (or has it switched off), where smartctl does not know the kind of
 * device, or is not there. Throws ToolError where the disk cannot be opened or does not answer.
 */
export async function readSmart(run: RunTool, device: string): Promise<SmartSummary | null> {
  const call = {
    program: need.program,
    args: smartArgs(device),
    effect: { kind: 'read' },
    okExitCodes: findings,
  } as const;
  try {
    const { stdout, exitCode } = await run(call);
    return (exitCode & unknownDevice) === 0 ? parseSmart(stdout) : null;
  } catch (error) {
    if (error instanceof ToolError && isNotInstalled(error)) return null;
    throw error;
  }
}

/** Attributes of ATA disks that all makers count alike. */
const reallocated = 5;
const reportedUncorrectable = 187;
const pending = 197;
const offlineUncorrectable = 198;

/** Parses the JSON of smartctl 7; null where the disk has no SMART. Throws SyntaxError for what is no JSON. */
export function parseSmart(stdout: string): SmartSummary | null {
  const report: unknown = JSON.parse(stdout);
  if (valueAt(report, 'smart_support', 'available') === false || valueAt(report, 'smart_support', 'enabled') === false)
    return null;
  const passed = valueAt(report, 'smart_status', 'passed');
  const nvme = valueAt(report, 'nvme_smart_health_information_log');
  const attributes = valueAt(report, 'ata_smart_attributes', 'table');
  const attribute = (id: number): number | null => rawValue(attributes, id);
  const summary: SmartSummary = {
    passed: typeof passed === 'boolean' ? passed : null,
    powerOnHours: count(valueAt(report, 'power_on_time', 'hours')),
    reallocatedSectors: attribute(reallocated) ?? count(valueAt(report, 'scsi_grown_defect_list')),
    pendingSectors: attribute(pending),
    uncorrectableErrors:
      attribute(offlineUncorrectable) ??
      attribute(reportedUncorrectable) ??
      scsiUncorrected(valueAt(report, 'scsi_error_counter_log')) ??
      count(valueAt(nvme, 'media_errors')),
    percentageUsed: count(valueAt(nvme, 'percentage_used')),
    temperatureCelsius: count(valueAt(report, 'temperature', 'current')),
  };
  return Object.values(summary).every((value) => value === null) ? null : summary;
}

/** The number that the text of a raw value begins with: some makers keep others in the upper bytes. */
function rawValue(attributes: unknown, id: number): number | null {
  if (!Array.isArray(attributes)) return null;
  const attribute: unknown = attributes.find((candidate: unknown) => valueAt(candidate, 'id') === id);
  const [, digits] = /^(\d+)/.exec(String(valueAt(attribute, 'raw', 'string') ?? '')) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** Of reading, writing and verifying together. */
function scsiUncorrected(log: unknown): number | null {
  const counters = ['read', 'write', 'verify'].map((kind) => count(valueAt(log, kind, 'total_uncorrected_errors')));
  const known = counters.filter((counter) => counter !== null);
  return known.length === 0 ? null : known.reduce((sum, counter) => sum + counter, 0);
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** What lies at a path of members in JSON of unknown shape. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((object, key) => (isObject(object) ? object[key] : undefined), value);
}

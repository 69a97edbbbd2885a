import { redactSecrets } from '../../../log/redact.ts';
import type { SmartSummary } from '../../../tools/smartctl.ts';
import type { DeviceErasure, MachineErasure } from '../device-erasure.ts';
import { badSectors } from '../erasure-to-wire.ts';
import { eraseMethodNames } from '../method-name.ts';
import { type DiskCertificate, diskSchema, type PlainValue, type SmartEntry, statusTexts } from './certificate-body.ts';
import type { CertificateIds } from './certificate-ids.ts';
import { commonFields, type Performer } from './common-fields.ts';
import { plainText, plainTextOrNull } from './plain-text.ts';
import { diskVerdict } from './verdict.ts';
import { mediaTypeOf, nistMethodOf, techniqueOf } from './vocabulary.ts';

/** The certificate of one disk of a run. Pure. */
export function diskCertificate(
  run: { readonly erasure: MachineErasure; readonly performer: Performer; readonly ids: CertificateIds },
  device: DeviceErasure,
  id: string,
): DiskCertificate {
  const { status, reason } = diskVerdict(device);
  return {
    ...commonFields(run.erasure, run.performer),
    STATUS: status,
    schema: diskSchema,
    id,
    reason,
    host_certificate: run.ids.host,
    media: mediaOf(device.device),
    sanitization: sanitizationOf(device, status === statusTexts.sanitized),
    verification: verificationOf(device, run.erasure.readBack),
    smart: { before: smartEntry(device.smart.before), after: smartEntry(device.smart.after) },
  };
}

function mediaOf(device: DeviceErasure['device']): DiskCertificate['media'] {
  return {
    type: mediaTypeOf(device),
    interface: plainTextOrNull(device.transport),
    manufacturer: plainTextOrNull(device.vendor),
    model: plainTextOrNull(device.model),
    serial: plainTextOrNull(device.serial),
    wwn: plainTextOrNull(device.wwnWithExtension ?? device.wwn),
    device: plainText(device.path),
    by_path: plainTextOrNull(device.byPath),
    size_bytes: device.sizeBytes,
    logical_sector_bytes: device.logicalSectorBytes,
    physical_sector_bytes: device.physicalSectorBytes,
  };
}

/** Bad ranges that are named one by one. */
const mostRanges = 100;

function sanitizationOf(erasure: DeviceErasure, isSanitized: boolean): DiskCertificate['sanitization'] {
  const { methodAsked, methodDone, badRanges } = erasure;
  const done = erasure.attempts.findLast(({ method, error }) => method === methodDone && error === null);
  return {
    method: isSanitized ? nistMethodOf(erasure.sanitization) : null,
    technique: methodDone === null ? null : techniqueOf(methodDone),
    tool: plainTextOrNull(done?.tool ?? null),
    method_asked: methodAsked,
    method_done: methodDone,
    weaker_than_asked:
      methodDone !== null && eraseMethodNames.indexOf(methodDone) > eraseMethodNames.indexOf(methodAsked),
    attempts: erasure.attempts.map(({ method, error, tool, exitCode }) => ({
      method,
      error: plainTextOrNull(error) ?? (error === null ? null : 'unknown'),
      tool: plainTextOrNull(tool),
      exit_code: exitCode,
    })),
    started_at: erasure.startedAt,
    ended_at: erasure.endedAt,
    resumed: erasure.resumed,
    bytes_written: erasure.bytes,
    bad_sectors: badSectors(erasure),
    bad_ranges: badRanges.slice(0, mostRanges).map(({ start, end }) => ({ first_byte: start, last_byte: end - 1 })),
    details: plainDetails(erasure.details),
  };
}

function plainDetails(details: DeviceErasure['details']): Readonly<Record<string, PlainValue>> {
  const told = Object.entries(redactSecrets(details)).map(([key, value]) => [key.toWellFormed(), plainValue(value)]);
  return Object.fromEntries(told) as Readonly<Record<string, PlainValue>>;
}

function plainValue(value: unknown): PlainValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  return plainText(String(value));
}

function verificationOf(
  { checks }: DeviceErasure,
  readBack: MachineErasure['readBack'],
): DiskCertificate['verification'] {
  return {
    method: verificationMethod(
      checks.map(({ name }) => name),
      readBack,
    ),
    checks: checks.map(({ name, passed, detail }) => ({ name: plainText(name), passed, detail: plainText(detail) })),
  };
}

/** In the words of the sample certificate of NIST SP 800-88, appendix G. */
function verificationMethod(
  names: readonly string[],
  readBack: MachineErasure['readBack'],
): DiskCertificate['verification']['method'] {
  if (names.includes('read-back') && readBack === 'full') return 'Full';
  if (names.includes('read-back') || names.includes('samples')) return 'Quick Sampling';
  return names.length > 0 ? 'Other' : 'None';
}

function smartEntry(smart: SmartSummary | null): SmartEntry | null {
  if (smart === null) return null;
  return {
    passed: smart.passed,
    power_on_hours: smart.powerOnHours,
    reallocated_sectors: smart.reallocatedSectors,
    pending_sectors: smart.pendingSectors,
    uncorrectable_errors: smart.uncorrectableErrors,
    percentage_used: smart.percentageUsed,
    temperature_celsius: smart.temperatureCelsius,
  };
}

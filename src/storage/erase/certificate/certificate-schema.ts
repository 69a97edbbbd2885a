import joi from 'joi';
import { eraseMethodNames } from '../method-name.ts';
import {
  type Attempt,
  type CheckEntry,
  type CommonFields,
  type DiskCertificate,
  type DiskEntry,
  diskSchema,
  type HostCertificate,
  hostSchema,
  type SmartEntry,
  schemaVersion,
  statusTexts,
} from './certificate-body.ts';
import type { CertificateSignature } from './envelope.ts';

const text = joi.string().allow('');
const textOrNull = text.allow(null);
const time = joi.string().isoDate();
const count = joi.number().integer().min(0);
/** What a drive says of itself need not make sense. */
const numberOrNull = joi.number().unsafe().allow(null);

const certificateId = joi.string().pattern(/^[A-Za-z0-9_-]{1,128}$/);
const hash = joi.string().pattern(/^[0-9a-f]{64}$/);
const status = joi.valid(...Object.values(statusTexts));
const nistMethod = joi.valid('Clear', 'Purge', null);
const method = joi.valid(...eraseMethodNames);

const common = {
  STATUS: status,
  schema_version: joi.valid(schemaVersion),
  id: certificateId,
  standard: joi.valid('NIST SP 800-88 Rev. 1'),
  issued_at: time,
  source: joi.object<CommonFields['source']>({
    manufacturer: text,
    product: text,
    serial: text,
    node_uuid: text,
    node_name: textOrNull,
  }),
  run: joi.object<CommonFields['run']>({ id: text, step: text, plan_hash: text }),
  performed_by: joi.object<CommonFields['performed_by']>({
    operator: textOrNull,
    location: textOrNull,
    contact: textOrNull,
    tool: text,
  }),
  post_sanitization: joi.object<CommonFields['post_sanitization']>({
    destination: joi.valid(null),
    categorization: joi.valid(null),
  }),
  reason: textOrNull,
};

const media = joi.object<DiskCertificate['media']>({
  type: text,
  interface: textOrNull,
  manufacturer: textOrNull,
  model: textOrNull,
  serial: textOrNull,
  wwn: textOrNull,
  device: text,
  by_path: textOrNull,
  size_bytes: count,
  logical_sector_bytes: count,
  physical_sector_bytes: count,
});

const attempt = joi.object<Attempt>({
  method,
  error: textOrNull,
  tool: textOrNull,
  exit_code: joi.number().integer().allow(null),
});

const sanitization = joi.object<DiskCertificate['sanitization']>({
  method: nistMethod,
  technique: textOrNull,
  tool: textOrNull,
  method_asked: method,
  method_done: method.allow(null),
  weaker_than_asked: joi.boolean(),
  attempts: joi.array().items(attempt),
  started_at: time.allow(null),
  ended_at: time.allow(null),
  resumed: count,
  bytes_written: count.allow(null),
  bad_sectors: count,
  bad_ranges: joi.array().items(joi.object({ first_byte: count, last_byte: count })),
  details: joi
    .object()
    .pattern(joi.string().allow(''), joi.alternatives(text, joi.number().unsafe(), joi.boolean(), null)),
});

const verification = joi.object<DiskCertificate['verification']>({
  method: joi.valid('Full', 'Quick Sampling', 'Other', 'None'),
  checks: joi.array().items(joi.object<CheckEntry>({ name: text, passed: joi.boolean(), detail: text })),
});

const smart = joi
  .object<SmartEntry>({
    passed: joi.boolean().allow(null),
    power_on_hours: numberOrNull,
    reallocated_sectors: numberOrNull,
    pending_sectors: numberOrNull,
    uncorrectable_errors: numberOrNull,
    percentage_used: numberOrNull,
    temperature_celsius: numberOrNull,
  })
  .allow(null);

const diskCertificate = joi.object<DiskCertificate>({
  ...common,
  schema: joi.valid(diskSchema),
  host_certificate: certificateId,
  media,
  sanitization,
  verification,
  smart: joi.object({ before: smart, after: smart }),
});

const diskEntry = joi.object<DiskEntry>({
  certificate: certificateId,
  sha256: hash,
  status,
  reason: textOrNull,
  device: text,
  model: textOrNull,
  serial: textOrNull,
  wwn: textOrNull,
  size_bytes: count,
  method: nistMethod,
  method_done: method.allow(null),
});

const hostCertificate = joi.object<HostCertificate>({
  ...common,
  schema: joi.valid(hostSchema),
  method: nistMethod,
  started_at: time,
  ended_at: time,
  disks: joi.array().items(diskEntry),
  left_out: joi.array().items(joi.object({ device: text, reason: text })),
});

const signature = joi.object<CertificateSignature>({
  algorithm: joi.valid('Ed25519'),
  public_key: joi.string().base64(),
  key_id: hash,
  value: joi.string().base64(),
});

/** Every field is required and no other is allowed; nothing is converted. */
const strict = { presence: 'required', convert: false } as const;

/** The body of a certificate, by its schema. */
export const bodySchemas = { [diskSchema]: diskCertificate.prefs(strict), [hostSchema]: hostCertificate.prefs(strict) };
export const signatureSchema = signature.prefs(strict);

/** Whether a value has exactly the fields of a certificate, signed or not: null, or what is wrong with it. */
export function envelopeFault(value: Readonly<Record<string, unknown>>): string | null {
  const body = value['certificate'];
  const schema = typeof body === 'object' && body !== null && 'schema' in body ? body.schema : undefined;
  if (schema !== diskSchema && schema !== hostSchema) return `expected the schema ${diskSchema} or ${hostSchema}`;
  const isUnsigned = value['signature'] === null;
  const envelope = joi.object({
    certificate: bodySchemas[schema],
    signature: isUnsigned ? joi.valid(null) : signatureSchema,
    ...(isUnsigned ? { unsigned_reason: text } : {}),
  });
  return envelope.prefs(strict).validate(value).error?.message ?? null;
}

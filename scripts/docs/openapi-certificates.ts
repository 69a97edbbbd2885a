import { statusTexts } from '../../src/storage/erase/certificate/certificate-body.ts';
import { bodySchemas, signatureSchema } from '../../src/storage/erase/certificate/certificate-schema.ts';
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts';

/** joi's export leaves out what its preferences say (every field is required), and null where a list of values has it. */
function strict(schema: JsonSchema): JsonSchema {
  const { properties, items, enum: values, type } = schema;
  const isNullable = Array.isArray(type) && type.includes('null');
  const inside = Object.entries(properties ?? {}).map(([key, member]) => [key, strict(member)] as const);
  return {
    ...schema,
    ...(properties ? { properties: Object.fromEntries(inside), required: Object.keys(properties) } : {}),
    ...(items ? { items: strict(items) } : {}),
    ...(values && isNullable && !values.includes(null) ? { enum: [...values, null] } : {}),
  };
}

/** `components.schemas` about erase certificates. */
export function certificateSchemas(): Readonly<Record<string, JsonSchema>> {
  const summary: JsonSchema = {
    type: 'object',
    properties: {
      id: { type: 'string' },
      kind: { type: 'string', enum: ['host', 'disk'] },
      status: { type: 'string', enum: Object.values(statusTexts) },
      signed: { type: 'boolean' },
      sha256: { type: 'string', description: 'Of the JSON of the certificate, in hex.' },
      issued_at: { type: 'string', format: 'date-time' },
    },
    required: ['id', 'kind', 'status', 'signed', 'sha256', 'issued_at'],
  };
  return {
    EraseCertificateList: {
      type: 'object',
      properties: { certificates: { type: 'array', items: summary } },
      required: ['certificates'],
    },
    EraseCertificate: {
      type: 'object',
      description: 'Canonical JSON (RFC 8785); the signature is over the canonical JSON of `certificate`.',
      properties: {
        certificate: { oneOf: Object.values(bodySchemas).map((schema) => strict(jsonSchemaOf(schema))) },
        signature: { oneOf: [strict(jsonSchemaOf(signatureSchema)), { type: 'null' }] },
        unsigned_reason: { type: 'string', description: 'There only where the signature is null.' },
      },
      required: ['certificate', 'signature'],
    },
  };
}

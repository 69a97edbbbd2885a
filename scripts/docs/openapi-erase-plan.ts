import { erasePlan } from '../../src/queries/erase-plan.ts';
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts';

const text: JsonSchema = { type: 'string' };
const textOrNull: JsonSchema = { type: ['string', 'null'] };
const texts: JsonSchema = { type: 'array', items: text };
const secondsOrNull: JsonSchema = { type: ['number', 'null'], description: 'Seconds; null where nobody knows.' };
const sanitization: JsonSchema = {
  type: ['string', 'null'],
  enum: ['clear', 'purge', null],
  description: 'Of NIST SP 800-88 Rev. 1; null for what is no sanitization.',
};

/** Every property is always there. */
function record(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties) };
}

function listOf(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'array', items: record(properties) };
}

const ability = {
  method: text,
  support: { type: 'string', enum: ['supported', 'unsupported', 'blocked'] },
  why: text,
  sanitization,
  estimated_seconds: secondsOrNull,
};

const device = {
  device: text,
  model: textOrNull,
  serial: textOrNull,
  wwn: textOrNull,
  size_bytes: { type: 'number' },
  method: text,
  why: text,
  sanitization,
  is_weaker: {
    type: 'boolean',
    description: 'A stronger method is there but blocked, and the node allows a weaker one.',
  },
  fallbacks: texts,
  estimated_seconds: secondsOrNull,
  reach: { ...texts, description: 'Devices that the erase of this one reaches.' },
  partitions: texts,
  lane: text,
  controller: textOrNull,
  abilities: listOf(ability),
} satisfies Record<string, JsonSchema>;

const plan: JsonSchema = record({
  hash: { type: 'string', description: 'SHA-256; as plan_hash of the step it refuses whatever is not this plan.' },
  step: text,
  options: {
    type: 'object',
    description: 'How disks would be erased, of the arguments, the node and the configuration.',
  },
  devices: listOf(device),
  release: {
    type: 'array',
    description: 'What would be taken down first, in order.',
    items: {
      type: 'object',
      properties: { kind: text, device: text, disks: texts },
      required: ['kind', 'device', 'disks'],
    },
  },
  left_out: listOf({ device: text, why: text }),
  refusals: {
    ...listOf({ device: text, reason: text, detail: text }),
    description: 'Not empty: nothing would be done at all.',
  },
});

/** `components.schemas` about erase plans. */
export function erasePlanSchemas(): Readonly<Record<string, JsonSchema>> {
  return { ErasePlanRequest: jsonSchemaOf(erasePlan.params), ErasePlan: plan };
}

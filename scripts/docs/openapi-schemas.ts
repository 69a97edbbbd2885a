import { commandCatalogue } from '../../src/commands/catalogue.ts';
import type { AnyCommand } from '../../src/core/command.ts';
import { errorCatalogue } from '../../src/errors/catalogue.ts';
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts';

function requestSchema(command: AnyCommand): JsonSchema {
  return {
    type: 'object',
    title: command.name,
    description: command.summary,
    properties: { name: { const: command.name }, params: jsonSchemaOf(command.params) },
    required: ['name', 'params'],
  };
}

const wireError: JsonSchema = {
  type: 'object',
  properties: {
    type: { type: 'string', enum: [...errorCatalogue.keys()] },
    code: { type: 'integer' },
    message: { type: 'string' },
    details: { type: 'string' },
  },
  required: ['type', 'code', 'message', 'details'],
};

const eta: JsonSchema = {
  type: ['number', 'null'],
  description: 'Seconds left of this phase, by the average since it began in this run; null while unknown.',
};

const deviceProgress: JsonSchema = {
  type: 'object',
  properties: {
    phase: { type: 'string' },
    done: { type: 'number', description: 'Bytes, or thousandths where the drive only tells a share.' },
    total: { type: ['number', 'null'] },
    rate: { type: 'number' },
    eta,
  },
  required: ['phase', 'done', 'total', 'rate', 'eta'],
};

const progress: JsonSchema = {
  type: 'object',
  description: 'How far a running command is; there only while it runs and has said so.',
  properties: {
    phase: { type: 'string' },
    done: { type: 'number', description: 'Never falls within one phase.' },
    total: { type: ['number', 'null'] },
    unit: { type: 'string', enum: ['bytes', 'devices', 'steps', 'seconds'] },
    rate: {
      type: 'number',
      description: 'Units per second since the phase began in this run; what was there before a resume does not count.',
    },
    eta,
    source_bytes: {
      type: 'number',
      description: 'Bytes read from the image server, where any are.',
    },
    device_bytes: {
      type: 'number',
      description: 'Bytes of the device that have their final content, written or zeroed, where any are written.',
    },
    devices: {
      type: 'object',
      description: 'Of a command that works on several devices: each by its path.',
      additionalProperties: { $ref: '#/components/schemas/DeviceProgress' },
    },
  },
  required: ['phase', 'done', 'total', 'unit', 'rate', 'eta'],
};

const commandResult: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', format: 'uuid' },
    command_name: { type: 'string', description: 'Name without its extension.' },
    command_status: { type: 'string', enum: ['RUNNING', 'SUCCEEDED', 'FAILED', 'CLEAN_VERSION_MISMATCH'] },
    command_error: { anyOf: [{ $ref: '#/components/schemas/Error' }, { type: 'null' }] },
    command_result: {
      description: 'Any JSON; null while it runs, after a failure, and where there is nothing to tell.',
    },
    progress: { $ref: '#/components/schemas/Progress' },
  },
  required: ['id', 'command_name', 'command_status', 'command_error', 'command_result'],
};

const fault: JsonSchema = {
  type: 'object',
  properties: {
    faultcode: { type: 'string', enum: ['Client', 'Server'] },
    faultstring: { type: 'string' },
  },
  required: ['faultcode', 'faultstring'],
};

/** `components.schemas` of the OpenAPI document. */
export function openApiSchemas(): Readonly<Record<string, JsonSchema>> {
  return {
    CommandRequest: { oneOf: [...commandCatalogue.values()].map(requestSchema) },
    CommandResult: commandResult,
    CommandList: {
      type: 'object',
      properties: { commands: { type: 'array', items: { $ref: '#/components/schemas/CommandResult' } } },
      required: ['commands'],
    },
    Progress: progress,
    DeviceProgress: deviceProgress,
    Error: wireError,
    Fault: fault,
    Status: {
      type: 'object',
      properties: {
        started_at: { type: 'number', description: 'Seconds since 1970.' },
        version: { type: 'string' },
      },
      required: ['started_at', 'version'],
    },
    Log: {
      type: 'object',
      properties: { log: { type: 'array', items: { type: 'string' } } },
      required: ['log'],
    },
    Document: { type: 'object', description: 'Names, versions and links.' },
  };
}

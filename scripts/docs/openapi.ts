import { createRequire } from 'node:module';
import { certificateSchemas } from './openapi-certificates.ts';
import { erasePlanSchemas } from './openapi-erase-plan.ts';
import { openApiSchemas } from './openapi-schemas.ts';

const manifest = createRequire(import.meta.url)('../../package.json') as { version: string; description: string };

const faults = {
  400: 'The request is not well formed, or the command or its parameters are wrong.',
  401: 'The token is missing or wrong.',
  404: 'No such command, extension or certificate.',
  409: 'Another command is running.',
  503: 'The command queue is unavailable.',
} as const;

const tokenParameter = { $ref: '#/components/parameters/agentToken' };
const waitParameter = { $ref: '#/components/parameters/wait' };
const idParameter = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };

function answer(description: string, schema: string): object {
  return { description, content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } } };
}

function failures(codes: readonly (keyof typeof faults)[]): object {
  return Object.fromEntries(codes.map((status) => [String(status), answer(faults[status], 'Fault')] as const));
}

function answers(description: string, schema: string, codes: readonly (keyof typeof faults)[] = []): object {
  return { 200: answer(description, schema), ...failures(codes) };
}

/** Every path in its canonical form; those below /v1 are also answered without it, and with or without a slash at the end. */
const paths = {
  '/': { get: { summary: 'What this is.', responses: answers('Versions and links.', 'Document') } },
  '/v1/': { get: { summary: 'What version 1 has.', responses: answers('Links.', 'Document') } },
  '/v1/status': { get: { summary: 'Since when the agent runs.', responses: answers('Status.', 'Status') } },
  '/v1/commands/': {
    get: {
      summary: 'All commands since the machine started, oldest first.',
      parameters: [tokenParameter],
      responses: answers('The list; empty means just started.', 'CommandList', [401, 503]),
    },
    post: {
      summary: 'Run a command.',
      parameters: [tokenParameter, waitParameter],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/CommandRequest' } } },
      },
      responses: answers(
        'The command was accepted; it may have ended already.',
        'CommandResult',
        [400, 401, 404, 409, 503],
      ),
    },
  },
  '/v1/commands/{id}': {
    get: {
      summary: 'One command.',
      parameters: [idParameter, tokenParameter, waitParameter],
      responses: answers('The command.', 'CommandResult', [401, 404, 503]),
    },
  },
  '/v1/commands/{id}/cancel': {
    post: {
      summary: 'Cancel a command.',
      description:
        'One that has not begun ends at once. A running one stays RUNNING until what it does has come to an end, which may take ' +
        'long: a drive cannot be told to stop its sanitize. It then ends with CommandCancelledError, or succeeds if it was done ' +
        'all the same. It is never run again. To ask twice changes nothing.',
      parameters: [idParameter, tokenParameter],
      responses: {
        202: answer('It is to end; the command as it stands now.', 'CommandResult'),
        ...failures([401, 404, 503]),
        409: answer('The command has ended, or cannot be interrupted.', 'Fault'),
      },
    },
  },
  '/v1/erase/plan': {
    post: {
      summary:
        'What an erase step would do to every disk, and why. Nothing is touched; answered while a command runs, too.',
      parameters: [tokenParameter],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/ErasePlanRequest' } } },
      },
      responses: {
        ...answers('The plan.', 'ErasePlan', [400, 401, 503]),
        409: answer('Others ask just now.', 'Fault'),
        504: answer('No worker answered in time.', 'Fault'),
      },
    },
  },
  '/v1/commands/{id}/log': {
    get: {
      summary: 'What a command did: programs with arguments, exit codes and times.',
      parameters: [idParameter, tokenParameter],
      responses: answers('Its log so far.', 'Log', [401, 404, 503]),
    },
  },
  '/v1/erase/certificates/': {
    get: {
      summary: 'The erase certificates of this boot: one for each run on the machine, one for each of its disks.',
      parameters: [tokenParameter],
      responses: answers('The list, sorted by id.', 'EraseCertificateList', [401]),
    },
  },
  '/v1/erase/certificates/{id}': {
    get: {
      summary: 'One erase certificate, byte for byte as it was signed, or as a page.',
      description:
        'With `.json` or `.html` after the id, or by Accept: a page for who names text/html before JSON. Only the JSON is signed.',
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }, tokenParameter],
      responses: {
        200: {
          description: 'The certificate.',
          content: {
            'application/json': { schema: { $ref: '#/components/schemas/EraseCertificate' } },
            'text/html': { schema: { type: 'string' } },
          },
        },
        ...failures([401, 404]),
      },
    },
  },
};

/** docs/openapi.json: the REST API in OpenAPI 3.1. */
export function openApiDocument(): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ironhand',
      version: manifest.version,
      description: manifest.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: { ...openApiSchemas(), ...certificateSchemas(), ...erasePlanSchemas() },
      parameters: {
        agentToken: {
          name: 'agent_token',
          in: 'query',
          description: 'The token that the agent got from Ironic at its first lookup.',
          schema: { type: 'string' },
        },
        wait: {
          name: 'wait',
          in: 'query',
          description: 'true: answer when the command has ended.',
          schema: { type: 'string', enum: ['true', 'false'] },
        },
      },
    },
  };
}

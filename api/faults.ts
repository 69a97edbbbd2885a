import { STATUS_CODES } from 'node:http';
import type { Lifecycle, Request, ResponseToolkit } from '@hapi/hapi';
import type { Logger } from 'pino';
import { AgentError } from '../src/errors/agent-error.ts';
import { InvalidContentError, UnauthorizedError } from '../src/errors/catalogue.ts';
import { errorText } from '../src/errors/guards.ts';
import { json } from './routes/json-response.ts';

/** The body of every answer from 400 on; the conductor needs `faultstring` to be a text. */
export interface Fault {
  readonly faultcode: 'Client' | 'Server';
  readonly faultstring: string;
}

interface FaultAnswer {
  readonly status: number;
  readonly fault: Fault;
}

/** Errors whose text begins with status code and reason (those of the HTTP layer), not with the message of the class. */
const httpErrors = new Set<unknown>([InvalidContentError.kind, UnauthorizedError.kind]);

export function faultOf(error: unknown): FaultAnswer {
  if (error instanceof AgentError) {
    const { code } = error.kind;
    return answer(code, httpErrors.has(error.kind) ? httpText(code, error.details) : error.message);
  }
  const status = boomStatus(error);
  return answer(status, status === 500 ? errorText(error) : httpText(status, errorText(error)));
}

function answer(status: number, faultstring: string): FaultAnswer {
  return { status, fault: { faultcode: status >= 500 ? 'Server' : 'Client', faultstring } };
}

function httpText(status: number, details: string): string {
  return `${status} ${STATUS_CODES[status] ?? 'Error'}: ${details}`;
}

function boomStatus(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('output' in error)) return 500;
  const { output } = error as { readonly output: { readonly statusCode?: unknown } };
  return typeof output.statusCode === 'number' ? output.statusCode : 500;
}

/** Gives every error of the server, whoever raised it, the form of the contract; `isForBrowsers` says which paths are exempt. */
export function answerWithFaults(logger: Logger, isForBrowsers: (path: string) => boolean): Lifecycle.Method {
  return (request: Request, h: ResponseToolkit) => {
    const { response } = request;
    if (!(response instanceof Error)) return h.continue;
    if (isForBrowsers(request.path)) return h.continue;
    const { status, fault } = faultOf(response);
    if (status >= 500) logger.error({ err: response, path: request.path }, 'request failed');
    return json(h, fault).code(status);
  };
}

import type { Lifecycle, Request } from '@hapi/hapi';
import { InvalidContentError } from '../../src/errors/catalogue.ts';
import type { AgentToken } from '../agent-token.ts';
import { largestBodyBytes } from '../request-body.ts';

/** The content type says nothing: the body is JSON whatever it is, as the contract has it. */
export const jsonPayload = {
  override: 'application/json',
  parse: false,
  output: 'data',
  maxBytes: largestBodyBytes,
  timeout: false,
} as const;

/** The bytes of the body. Throws InvalidContentError where there is none. */
export function payloadOf(request: Request): Buffer {
  if (Buffer.isBuffer(request.payload)) return request.payload;
  throw new InvalidContentError('Failed to decode JSON object: the body is empty');
}

/** Refuses who does not know the token, before the body is read. */
export function requireToken(token: Pick<AgentToken, 'check'>): Lifecycle.Method {
  return (request, h) => {
    token.check(request.query['agent_token']);
    return h.continue;
  };
}

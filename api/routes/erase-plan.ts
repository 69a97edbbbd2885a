import type { ServerRoute } from '@hapi/hapi';
import { erasePlan } from '../../src/queries/erase-plan.ts';
import type { AgentToken } from '../agent-token.ts';
import type { Queries } from '../queries.ts';
import { parseRequestBody } from '../request-body.ts';
import { jsonPayload, payloadOf, requireToken } from './json-request.ts';
import { json } from './json-response.ts';

export interface ErasePlanRoutesDeps {
  readonly token: AgentToken;
  readonly queries: Pick<Queries, 'ask'>;
}

/** What an erase would do, behind the token; also while a command runs. */
export function erasePlanRoutes({ token, queries }: ErasePlanRoutesDeps): ServerRoute[] {
  return ['/v1/erase/plan', '/erase/plan']
    .flatMap((path) => [path, `${path}/`])
    .map((path) => ({
      method: 'POST',
      path,
      options: { ext: { onPreAuth: { method: requireToken(token) } }, payload: jsonPayload },
      handler: async (request, h) => json(h, await queries.ask(erasePlan.name, parseRequestBody(payloadOf(request)))),
    }));
}

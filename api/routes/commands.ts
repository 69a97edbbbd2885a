import type { Lifecycle, Request, ServerRoute } from '@hapi/hapi';
import type { AnyCommand } from '../../src/core/command.ts';
import {
  InvalidContentError,
  QueueUnavailableError,
  RequestedObjectNotFoundError,
} from '../../src/errors/catalogue.ts';
import type { AgentToken } from '../agent-token.ts';
import type { Canceller } from '../cancel.ts';
import type { CommandList, ListedCommand } from '../command-list.ts';
import { parseCommandRequest } from '../command-request.ts';
import type { Enqueuer } from '../enqueue.ts';
import { largestBodyBytes, parseRequestBody } from '../request-body.ts';
import { json, jsonText } from './json-response.ts';

export interface CommandRoutesDeps {
  readonly catalogue: ReadonlyMap<string, AnyCommand>;
  readonly token: AgentToken;
  readonly list: CommandList;
  readonly enqueuer: Enqueuer;
  readonly canceller: Pick<Canceller, 'cancel'>;
  /** False until the list of this boot has been read from Redis. */
  readonly isListComplete: () => boolean;
  /** Lines of a command's log. */
  readonly readLog: (entry: ListedCommand) => Promise<readonly string[]>;
}

/** The command routes of the contract, with and without `/v1` and trailing slash; every one behind the token. */
export function commandRoutes(deps: CommandRoutesDeps): ServerRoute[] {
  const requireToken: Lifecycle.Method = (request, h) => {
    deps.token.check(request.method, request.query['agent_token']);
    return h.continue;
  };
  const requireList: Lifecycle.Method = (_request, h) => {
    if (!deps.isListComplete()) throw new QueueUnavailableError('the commands of this boot have not been read yet');
    return h.continue;
  };
  // The content type says nothing: the body is JSON whatever it is, as the contract has it.
  const payload = {
    override: 'application/json',
    parse: false,
    output: 'data',
    maxBytes: largestBodyBytes,
    timeout: false,
  } as const;
  const ext = { onPreAuth: { method: requireToken }, onPreHandler: { method: requireList } };
  const entryOf = (request: Request): ListedCommand => {
    const id = String(request.params['id']);
    const entry = deps.list.get(id);
    if (!entry) throw new RequestedObjectNotFoundError(`Command Result with id ${id.slice(0, 100)} not found.`);
    return entry;
  };

  return ['/v1/commands', '/commands'].flatMap((base): ServerRoute[] => [
    ...[base, `${base}/`].flatMap((path): ServerRoute[] => [
      { method: 'GET', path, options: { ext }, handler: (_request, h) => jsonText(h, deps.list.body()) },
      {
        method: 'POST',
        path,
        options: { ext, payload },
        async handler(request, h) {
          const body = parseRequestBody(payloadOf(request));
          const entry = await deps.enqueuer.enqueue(parseCommandRequest(body, deps.catalogue), () => !request.active());
          return jsonText(h, deps.list.text(isWait(request) ? await deps.list.settled(entry.command.id) : entry));
        },
      },
    ]),
    {
      method: 'GET',
      path: `${base}/{id}`,
      options: { ext },
      async handler(request, h) {
        const entry = entryOf(request);
        return jsonText(h, deps.list.text(isWait(request) ? await deps.list.settled(entry.command.id) : entry));
      },
    },
    {
      method: 'POST',
      path: `${base}/{id}/cancel`,
      options: { ext, payload },
      handler: async (request, h) =>
        jsonText(h, deps.list.text(await deps.canceller.cancel(entryOf(request)))).code(202),
    },
    {
      method: 'GET',
      path: `${base}/{id}/log`,
      options: { ext },
      handler: async (request, h) => json(h, { log: await deps.readLog(entryOf(request)) }),
    },
  ]);
}

function isWait(request: Request): boolean {
  return String(request.query['wait']).toLowerCase() === 'true';
}

function payloadOf(request: Request): Buffer {
  if (Buffer.isBuffer(request.payload)) return request.payload;
  throw new InvalidContentError('Failed to decode JSON object: the body is empty');
}

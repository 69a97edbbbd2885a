import type { Lifecycle, Request, ResponseObject, ResponseToolkit, ServerRoute } from '@hapi/hapi';
import type { AnyCommand } from '../../src/core/command.ts';
import type { Config } from '../../src/core/config.ts';
import { QueueUnavailableError, RequestedObjectNotFoundError } from '../../src/errors/catalogue.ts';
import type { AgentToken } from '../agent-token.ts';
import type { Canceller } from '../cancel.ts';
import type { JsonStream } from '../command-answer.ts';
import type { CommandList, ListedCommand } from '../command-list.ts';
import { parseCommandRequest } from '../command-request.ts';
import type { Enqueuer } from '../enqueue.ts';
import { parseRequestBody } from '../request-body.ts';
import { jsonPayload, payloadOf, requireToken } from './json-request.ts';
import { json, jsonStream, jsonText } from './json-response.ts';

export interface CommandRoutesDeps {
  readonly catalogue: ReadonlyMap<string, AnyCommand>;
  readonly config: Config;
  readonly token: AgentToken;
  readonly list: CommandList;
  /** Of a command whose result is too large for the list. */
  readonly streamed: (entry: ListedCommand) => JsonStream | null;
  readonly enqueuer: Enqueuer;
  readonly canceller: Pick<Canceller, 'cancel'>;
  /** False until the list of this boot has been read from Redis. */
  readonly isListComplete: () => boolean;
  /** Lines of a command's log. */
  readonly readLog: (entry: ListedCommand) => Promise<readonly string[]>;
  /** Told of each request that conductors send, once its token is right. */
  readonly onConductor: () => void;
}

/** The command routes of the contract, with and without `/v1` and trailing slash; every one behind the token. */
export function commandRoutes(deps: CommandRoutesDeps): ServerRoute[] {
  const requireList: Lifecycle.Method = (_request, h) => {
    if (!deps.isListComplete()) throw new QueueUnavailableError('the commands of this boot have not been read yet');
    return h.continue;
  };
  const requireTokenOnList: Lifecycle.Method = (request, h) => {
    deps.token.checkOnList(request.query['agent_token']);
    return h.continue;
  };
  const ext = { onPreAuth: { method: requireToken(deps.token) }, onPreHandler: { method: requireList } };
  const tellOfConductor: Lifecycle.Method = (_request, h) => {
    deps.onConductor();
    return h.continue;
  };
  const extOfConductor = { ...ext, onPostAuth: { method: tellOfConductor } };
  const extOfList = { ...extOfConductor, onPreAuth: { method: requireTokenOnList } };
  const entryOf = (request: Request): ListedCommand => {
    const id = String(request.params['id']);
    const entry = deps.list.get(id);
    if (!entry) throw new RequestedObjectNotFoundError(`Command Result with id ${id.slice(0, 100)} not found.`);
    return entry;
  };
  const answer = (h: ResponseToolkit, entry: ListedCommand): ResponseObject => {
    const streamed = deps.streamed(entry);
    return streamed ? jsonStream(h, streamed) : jsonText(h, deps.list.text(entry));
  };

  return ['/v1/commands', '/commands'].flatMap((base): ServerRoute[] => [
    ...[base, `${base}/`].flatMap((path): ServerRoute[] => [
      { method: 'GET', path, options: { ext: extOfList }, handler: (_request, h) => jsonText(h, deps.list.body()) },
      {
        method: 'POST',
        path,
        options: { ext: extOfConductor, payload: jsonPayload },
        async handler(request, h) {
          const body = parseRequestBody(payloadOf(request));
          const asked = parseCommandRequest(body, deps.catalogue);
          asked.command.accept?.(asked.params, deps.config);
          const entry = await deps.enqueuer.enqueue(asked, () => !request.active());
          return answer(h, isWait(request) ? await deps.list.settled(entry.command.id) : entry);
        },
      },
    ]),
    {
      method: 'GET',
      path: `${base}/{id}`,
      options: { ext },
      async handler(request, h) {
        const entry = entryOf(request);
        return answer(h, isWait(request) ? await deps.list.settled(entry.command.id) : entry);
      },
    },
    {
      method: 'POST',
      path: `${base}/{id}/cancel`,
      options: { ext, payload: jsonPayload },
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

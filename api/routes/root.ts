import type { Request, ServerRoute } from '@hapi/hapi';
import { rootDocument, v1Document } from '../documents.ts';
import { json } from './json-response.ts';

/** What anybody may read: where things are, and since when the agent runs. */
export function rootRoutes(status: { readonly startedAt: number; readonly version: string }): ServerRoute[] {
  const statusDocument = { started_at: status.startedAt, version: status.version };
  return [
    { method: 'GET', path: '/', handler: (request, h) => json(h, rootDocument(rootOf(request))) },
    ...['/v1', '/v1/'].map(
      (path): ServerRoute => ({ method: 'GET', path, handler: (request, h) => json(h, v1Document(rootOf(request))) }),
    ),
    ...['/v1/status', '/status'].map(
      (path): ServerRoute => ({ method: 'GET', path, handler: (_request, h) => json(h, statusDocument) }),
    ),
  ];
}

function rootOf(request: Request): string {
  return `${request.server.info.protocol}://${request.info.host}`;
}

import { STATUS_CODES } from 'node:http';
import type { RequestRoute, ServerRoute } from '@hapi/hapi';
import { json } from './json-response.ts';

/** A route for all methods that a path does not have: 405 with Allow, as the contract wants, instead of hapi's 404. */
export function methodNotAllowedRoutes(table: readonly RequestRoute[]): ServerRoute[] {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of table) {
    methods.set(path, (methods.get(path) ?? new Set()).add(method.toUpperCase()));
  }
  return [...methods].map(([path, known]) => {
    const allow = [...known]
      .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
      .sort()
      .join(', ');
    const fault = {
      faultcode: 'Client',
      faultstring: `405 ${STATUS_CODES[405]}: The method is not allowed for the requested URL.`,
    };
    return {
      method: '*',
      path,
      options: { payload: { parse: false, output: 'stream' } },
      handler: (_request, h) => json(h, fault).code(405).header('allow', allow),
    };
  });
}

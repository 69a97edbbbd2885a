import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type CertificateRoutesDeps, certificateRoutes } from '../../../api/routes/certificates.ts';
import { type CommandRoutesDeps, commandRoutes } from '../../../api/routes/commands.ts';
import { type ErasePlanRoutesDeps, erasePlanRoutes } from '../../../api/routes/erase-plan.ts';
import { rootRoutes } from '../../../api/routes/root.ts';
import { openApiDocument } from '../../../scripts/docs/openapi.ts';
import { commandCatalogue } from '../../../src/commands/catalogue.ts';

interface Document {
  readonly paths: Readonly<Record<string, object>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, unknown>> & {
      readonly CommandRequest: { readonly oneOf: readonly { readonly title: string; readonly properties: object }[] };
    };
  };
}

const document = openApiDocument() as Document;

/** One name for all forms of a path: with and without /v1, with and without a slash at the end. */
function plain(path: string): string {
  return path === '/' ? '/' : path.replace(/^\/v1(?=\/(commands|status|erase))/, '').replace(/\/$/, '');
}

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => (key === '$ref' ? [String(each)] : references(each)));
}

suite('OpenAPI document', () => {
  test('has exactly the routes that the server has', () => {
    // The routes are only listed; nothing that they depend on is called.
    const routes = [
      ...rootRoutes({ startedAt: 0, version: '' }),
      ...commandRoutes({} as CommandRoutesDeps),
      ...certificateRoutes({} as CertificateRoutesDeps),
      ...erasePlanRoutes({} as ErasePlanRoutesDeps),
    ];
    const served = new Set(routes.map(({ method, path }) => `${method} ${plain(path)}`));
    const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${plain(path)}`),
    );
    assert.deepEqual(documented.sort(), [...served].sort());
  });

  test('describes the request of every command', () => {
    const titles = document.components.schemas.CommandRequest.oneOf.map(({ title }) => title);
    assert.deepEqual(titles, [...commandCatalogue.keys()]);
  });

  test('refers only to what it contains', () => {
    for (const reference of references(document)) {
      const found = reference
        .replace('#/', '')
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
      assert.ok(found, reference);
    }
  });
});

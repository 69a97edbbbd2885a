import type { ResponseObject, ResponseToolkit, ServerRoute } from '@hapi/hapi';
import type { CertificateStore } from '../../src/core/kept-certificate.ts';
import { RequestedObjectNotFoundError } from '../../src/errors/catalogue.ts';
import { certificateSummary } from '../../src/storage/erase/certificate/certificate-summary.ts';
import { pageSecurityPolicy } from '../../src/storage/erase/certificate/page/style.ts';
import type { AgentToken } from '../agent-token.ts';
import { requireToken } from './json-request.ts';
import { json, jsonText } from './json-response.ts';

export interface CertificateRoutesDeps {
  readonly token: Pick<AgentToken, 'check'>;
  readonly certificates: Pick<CertificateStore, 'ids' | 'read'>;
}

/**
 * What was erased in this boot, behind the token: the list, and each certificate as it is signed, byte for byte, or as a page
 * (`.html`, or for who prefers text/html).
 */
export function certificateRoutes({ token, certificates }: CertificateRoutesDeps): ServerRoute[] {
  const options = { ext: { onPreAuth: { method: requireToken(token) } } };
  const found = (id: string, form: 'json' | 'html'): string => {
    const text = certificates.read(id, form);
    if (text === null) throw new RequestedObjectNotFoundError(`Erase certificate ${id.slice(0, 100)} not found.`);
    return text;
  };

  return ['/v1/erase/certificates', '/erase/certificates'].flatMap((base): ServerRoute[] => [
    ...[base, `${base}/`].map(
      (path): ServerRoute => ({
        method: 'GET',
        path,
        options,
        handler: (_request, h) =>
          json(h, { certificates: certificates.ids().map((id) => certificateSummary(found(id, 'json'))) }),
      }),
    ),
    {
      method: 'GET',
      path: `${base}/{id}`,
      options,
      handler(request, h) {
        const asked = String(request.params['id']);
        const [, id = asked, end] = /^(.*)\.(json|html)$/.exec(asked) ?? [];
        const form = end ?? preferredForm(request.headers['accept']);
        return form === 'html' ? page(h, found(id, 'html')) : document(h, found(id, 'json'));
      },
    },
  ]);
}

/** A page only for who names text/html before JSON, as browsers do; programs say nothing, or that they take anything. */
function preferredForm(accept: unknown): 'json' | 'html' {
  const types = String(accept ?? '')
    .split(',')
    .map((type) => type.split(';')[0]?.trim().toLowerCase());
  return types.find((type) => type === 'text/html' || type === 'application/json') === 'text/html' ? 'html' : 'json';
}

/** UTF-8 as it is: another spelling would not be what was signed. */
function document(h: ResponseToolkit, text: string): ResponseObject {
  return guarded(jsonText(h, text));
}

function page(h: ResponseToolkit, text: string): ResponseObject {
  return guarded(h.response(text).type('text/html'))
    .header('content-security-policy', `${pageSecurityPolicy}; frame-ancestors 'none'`)
    .header('referrer-policy', 'no-referrer');
}

function guarded(response: ResponseObject): ResponseObject {
  return response
    .header('cache-control', 'no-store')
    .header('vary', 'accept')
    .header('x-content-type-options', 'nosniff');
}

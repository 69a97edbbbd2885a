import { isWithoutProxy } from './no-proxy.ts';
import { TransferError } from './transfer-error.ts';

/** Addresses of proxies by the scheme of what is fetched; null for none. The environment is not asked. */
export interface Proxies {
  readonly http: string | null;
  readonly https: string | null;
}

/** The proxy to ask for `url`, or null. Throws TransferError that never repeats its password. */
export function proxyFor(url: URL, proxies: Proxies, noProxy: string | null): URL | null {
  const text = url.protocol === 'https:' ? proxies.https : proxies.http;
  if (text === null || isWithoutProxy(url, noProxy)) return null;
  const proxy = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (proxy === null || (proxy.protocol !== 'http:' && proxy.protocol !== 'https:')) {
    const what = proxy === null ? 'address is not a URL' : `scheme is ${proxy.protocol.slice(0, -1)}`;
    throw new TransferError(`proxy: ${what}, expected http://host:port or https://host:port`, { passing: false });
  }
  return proxy;
}

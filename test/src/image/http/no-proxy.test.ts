import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWithoutProxy } from '../../../../src/image/http/no-proxy.ts';
import { proxyFor } from '../../../../src/image/http/proxy.ts';

const cases: readonly (readonly [noProxy: string, url: string, without: boolean])[] = [
  ['*', 'http://anything/', true],
  ['example.com', 'http://example.com/', true],
  ['example.com', 'http://images.example.com/', true],
  ['example.com', 'http://EXAMPLE.com./', true],
  ['Example.COM', 'http://a.example.com/', true],
  ['example.com', 'http://notexample.com/', false],
  ['example.com', 'http://example.com.evil.org/', false],
  ['.example.com', 'http://a.b.example.com/', true],
  ['.example.com', 'http://example.com/', true],
  ['*.example.com', 'http://a.example.com/', true],
  ['.example.com', 'http://notexample.com/', false],
  ['a.org, example.com ,b.org', 'http://example.com/', true],
  ['a.org b.org', 'http://b.org/', true],
  ['example.com:8080', 'http://example.com:8080/', true],
  ['example.com:8080', 'http://example.com/', false],
  ['example.com:443', 'https://example.com/', true],
  ['example.com:80', 'https://example.com/', false],
  ['10.0.0.0/8', 'http://10.200.3.4/', true],
  ['10.0.0.0/8', 'http://11.0.0.1/', false],
  ['10.0.0.0/8', 'http://10.example.com/', false],
  ['10.0.0.0/99', 'http://10.0.0.1/', false],
  ['192.0.2.7', 'http://192.0.2.7/', true],
  ['192.0.2.7', 'http://192.0.2.77/', false],
  ['192.0.2.7:81', 'http://192.0.2.7:81/', true],
  ['192.0.2.7:81', 'http://192.0.2.7/', false],
  ['2.7', 'http://192.0.2.7/', false],
  ['fd00::/8', 'http://[fd12::1]/', true],
  ['fd12::1', 'http://[fd12:0::1]/', true],
  ['[fd12::1]:90', 'http://[fd12::1]:90/', true],
  ['[fd12::1]:90', 'http://[fd12::1]/', false],
  ['127.0.0.0/8', 'http://[::ffff:127.0.0.1]/', true],
  ['', 'http://example.com/', false],
  [' , ,', 'http://example.com/', false],
  ['.', 'http://example.com/', false],
];

for (const [noProxy, url, without] of cases) {
  test(`no_proxy ${JSON.stringify(noProxy)} ${without ? 'has' : 'does not have'} ${url}`, () => {
    assert.equal(isWithoutProxy(new URL(url), noProxy), without);
  });
}

test('the proxy goes by the scheme of what is fetched', () => {
  const proxies = { http: 'http://plain:3128', https: 'secure:3129' };
  assert.equal(proxyFor(new URL('http://a/'), proxies, null)?.host, 'plain:3128');
  assert.equal(proxyFor(new URL('https://a/'), proxies, null)?.host, 'secure:3129');
  assert.equal(proxyFor(new URL('https://a/'), proxies, 'a'), null);
  assert.equal(proxyFor(new URL('http://a/'), { http: null, https: 'x:1' }, null), null);
});

test('a proxy that is neither http nor https is refused without its password', () => {
  for (const http of ['socks5://me:s3cret@proxy:1080', 'http://me:s3cret@:99999']) {
    assert.throws(
      () => proxyFor(new URL('http://a/'), { http, https: null }, null),
      (error: Error) => {
        assert.match(error.message, /^proxy: (scheme is socks5|address is not a URL), expected http:/);
        assert.doesNotMatch(error.message, /s3cret/);
        return true;
      },
    );
  }
});

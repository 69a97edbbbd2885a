import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ResourceRecord } from '../../../../src/ironic/mdns/dns-message.ts';
import { nextQuestions, serviceIn } from '../../../../src/ironic/mdns/found-service.ts';
import { serviceEndpoint } from '../../../../src/ironic/mdns/service-endpoint.ts';

function endpointOf(
  properties: Record<string, string>,
  { target = 'ironic.example.com.', port = 443, addresses = [] as string[] } = {},
) {
  return serviceEndpoint({ target, port, addresses, properties: new Map(Object.entries(properties)) });
}
const onLink = (...addresses: string[]) => endpointOf({}, { target: 'host.local.', addresses }).url;

describe('the address of a service', () => {
  it('is https, but http on port 80, and what the text says', () => {
    assert.equal(endpointOf({}).url, 'https://ironic.example.com:443');
    assert.equal(endpointOf({}, { port: 80 }).url, 'http://ironic.example.com:80');
    assert.equal(endpointOf({ protocol: 'http', path: '/baremetal/' }).url, 'http://ironic.example.com:443/baremetal');
    assert.equal(endpointOf({ path: 'baremetal' }).url, 'https://ironic.example.com:443/baremetal');
  });

  it('has an address in it where only multicast DNS knows the name: IPv4 first, that of the link last', () => {
    assert.equal(onLink('169.254.1.2', '2001:db8::1', '192.0.2.1'), 'https://192.0.2.1:443');
    assert.equal(onLink('169.254.1.2', 'fe80::1', '2001:db8::1'), 'https://[2001:db8::1]:443');
    assert.equal(onLink('127.0.0.1', '169.254.1.2'), 'https://169.254.1.2:443');
  });

  it('is refused where it makes no sense', () => {
    assert.throws(() => onLink('127.0.0.1', 'fe80::1', '224.0.0.1', '::1'), /expected an address that can be reached/);
    assert.throws(() => endpointOf({ protocol: 'ftp' }), /expected http or https/);
    assert.throws(() => endpointOf({}, { port: 0 }), /expected a port/);
    for (const path of ['/a b', '/a?b', '/#', '/\\'])
      assert.throws(() => endpointOf({ path }), /expected a path/, path);
    for (const target of ['a@b.', 'a/b.', '[::1].', '.'])
      assert.throws(() => endpointOf({}, { target }), /the name of a host/);
  });

  it('comes with the options that the service sets', () => {
    const { options } = endpointOf({ path: '/x', ipa_ntp_server: '192.0.2.9', other: '1' });
    assert.deepEqual([...options], [['ntp_server', '192.0.2.9']]);
  });
});

describe('a service that answers in pieces', () => {
  const name = 'baremetal._openstack._tcp.local.';
  const server: ResourceRecord = { name, type: 'SRV', target: 'host.local.', port: 1, priority: 5 };
  const better: ResourceRecord = { name, type: 'SRV', target: 'better.local.', port: 2, priority: 1 };
  const text: ResourceRecord = {
    name,
    type: 'TXT',
    texts: ['Path=/a', 'path=/b', '=x', 'flag'].map((each) => Buffer.from(each)),
  };
  const address: ResourceRecord = { name: 'host.local.', type: 'A', address: '192.0.2.1' };

  it('is asked for what is missing, and for nothing when all is there', () => {
    assert.deepEqual(
      nextQuestions(name, [server])?.map(({ type }) => type),
      ['SRV', 'TXT'],
    );
    assert.deepEqual(nextQuestions(name, [server, text]), [
      { name: 'host.local.', type: 'A' },
      { name: 'host.local.', type: 'AAAA' },
    ]);
    assert.equal(nextQuestions(name, [server, text, address]), null);
    assert.equal(nextQuestions(name, [{ ...server, target: 'ironic.example.com.' }, text]), null);
  });

  it('is that of the best priority, with the addresses of its own server and the first of equal keys', () => {
    assert.equal(serviceIn(name, [server, better])?.port, 2);
    assert.deepEqual(serviceIn(name, [server, better, address])?.addresses, []);
    assert.deepEqual([...(serviceIn(name, [server, text])?.properties ?? [])], [['path', '/a']]);
  });

  it('is no service while only others have answered', () => {
    assert.equal(serviceIn(name, [{ ...server, name: 'other._openstack._tcp.local.' }, address]), null);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { advertisedAddress, type NetworkView } from '../../../src/ironic/advertised-address.ts';
import { callbackUrl } from '../../../src/ironic/callback-url.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { silentLog } from './silent-log.ts';

const usual = { advertiseHost: null, networkInterface: null, ipLookupAttempts: 6, ipLookupSleepSeconds: 10 };
const urls = ['http://ironic.example:6385'];

function network(view: Partial<NetworkView>): NetworkView {
  return {
    resolve: () => Promise.reject(new Error('getaddrinfo ENOTFOUND')),
    sourceFor: () => Promise.reject(new Error('connect ENETUNREACH')),
    addressesOf: () => [],
    ...view,
  };
}

const find = (view: Partial<NetworkView>, settings = {}, apiUrls: readonly string[] = urls, clock = new FakeClock()) =>
  advertisedAddress({ ...usual, ...settings }, apiUrls, silentLog, clock, network(view));

describe('advertisedAddress', () => {
  it('takes the address that it is given', async () => {
    assert.equal(await find({}, { advertiseHost: 'agent.example' }), 'agent.example');
  });

  it('takes the first usable address of the interface that it is given', async () => {
    const addressesOf = (name: string) => (name === 'eth1' ? ['169.254.7.7', '192.0.2.9'] : []);
    assert.equal(await find({ addressesOf }, { networkInterface: 'eth1' }), '192.0.2.9');
  });

  it('takes the address from which the way to Ironic starts', async () => {
    assert.equal(await advertisedAddress(usual, ['http://127.0.0.1:6385'], silentLog), '127.0.0.1');
  });

  it('goes through the addresses of a host and through the URLs until there is a way', async () => {
    const view = {
      resolve: async (host: string) => (host === 'two.example' ? ['2001:db8::1', '192.0.2.1'] : []),
      sourceFor: async (address: string) => (address === '192.0.2.1' ? '192.0.2.50' : 'fe80::1%eth0'),
    };
    assert.equal(await find(view, {}, ['http://one.example', 'https://two.example/baremetal']), '192.0.2.50');
  });

  it('asks for the way to an IPv6 address without its brackets', async () => {
    const sourceFor = async (address: string) => (address === '2001:db8::1' ? '2001:db8::5' : 'fe80::1');
    assert.equal(await find({ sourceFor }, {}, ['http://[2001:db8::1]:6385']), '2001:db8::5');
  });

  it('tries again while there is no address, and then tells why', async () => {
    const clock = new FakeClock();
    await assert.rejects(find({ resolve: async () => ['192.0.2.1'] }, {}, urls, clock), {
      name: 'LookupAgentIPError',
      message: /after 6 attempts: no way to 192\.0\.2\.1: connect ENETUNREACH/,
    });
    assert.deepEqual(clock.sleeps, [10, 10, 10, 10, 10]);
  });

  it('does not take a link-local address', async () => {
    for (const address of ['fe80::1', 'FE80::1%eth0', '169.254.1.1', '0.0.0.0']) {
      const view = { resolve: async () => ['192.0.2.1'], sourceFor: async () => address };
      await assert.rejects(find(view, { ipLookupAttempts: 1 }), /starts at/);
    }
  });

  it('finds an address that comes late', async () => {
    let asked = 0;
    const sourceFor = async () => {
      asked += 1;
      return asked < 3 ? '169.254.1.1' : '192.0.2.50';
    };
    assert.equal(await find({ sourceFor, resolve: async () => ['192.0.2.1'] }), '192.0.2.50');
  });
});

describe('callbackUrl', () => {
  it('puts an IPv6 address into brackets and ends without a slash', () => {
    assert.equal(callbackUrl({ protocol: 'https', host: '2001:db8::1', port: 9999 }), 'https://[2001:db8::1]:9999');
    assert.equal(callbackUrl({ protocol: 'http', host: '192.0.2.1', port: 80 }), 'http://192.0.2.1:80');
  });
});

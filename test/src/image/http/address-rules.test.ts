import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAddressRules } from '../../../../src/image/http/address-rules.ts';
import { isPassing } from '../../../../src/image/http/transfer-error.ts';

const rules = createAddressRules([]);

const refused: Readonly<Record<string, string>> = {
  '127.0.0.1': 'loopback',
  '127.255.255.254': 'loopback',
  '::1': 'loopback',
  '::ffff:127.0.0.1': 'loopback',
  '::ffff:7f00:1': 'loopback',
  '0:0:0:0:0:ffff:7f00:0001': 'loopback',
  '64:ff9b::7f00:1': 'loopback',
  '0.0.0.0': 'unspecified',
  '0.1.2.3': 'unspecified',
  '::': 'unspecified',
  '::127.0.0.1': 'unspecified',
  '::ffff:0.0.0.0': 'unspecified',
  '169.254.0.1': 'link-local',
  '::ffff:169.254.7.7': 'link-local',
  'fe80::1': 'link-local',
  'febf::1': 'link-local',
  '169.254.169.254': 'a metadata service',
  '::ffff:a9fe:a9fe': 'a metadata service',
  '64:ff9b::a9fe:a9fe': 'a metadata service',
  'fd00:ec2::254': 'a metadata service',
  '224.0.0.1': 'multicast',
  '239.255.255.255': 'multicast',
  'ff02::1': 'multicast',
  '255.255.255.255': 'broadcast',
};

for (const [ip, kind] of Object.entries(refused)) {
  test(`refuses ${ip} as ${kind}`, () => {
    assert.throws(
      () => rules.check(ip, ip),
      (error: Error) => {
        assert.equal(error.message, `${ip} is ${kind}: refused unless image_allowed_networks has it`);
        assert.equal(isPassing(error), false);
        return true;
      },
    );
  });
}

for (const ip of ['10.0.0.1', '192.168.7.7', '172.16.0.1', '126.255.255.255', '128.0.0.1', '1.0.0.0', '169.253.0.1']) {
  test(`lets ${ip} pass`, () => rules.check(ip, ip));
}
for (const ip of ['2001:db8::1', 'fd00::1', 'fec0::1', '::ffff:10.0.0.1', '64:ff9b::a00:1', '::2:0:0:1']) {
  test(`lets ${ip} pass`, () => rules.check(ip, ip));
}

test('a network that is allowed is an exception, for mapped addresses too', () => {
  const demo = createAddressRules(['127.0.0.0/30', 'fe80::/64']);
  for (const ip of ['127.0.0.1', '::ffff:127.0.0.1', 'fe80::1']) demo.check(ip, ip);
  for (const ip of ['127.0.0.4', '::1', '::ffff:127.0.0.4', 'fe81::1', '169.254.1.1']) {
    assert.throws(() => demo.check(ip, ip), /image_allowed_networks/);
  }
});

for (const network of ['10.0.0.0/33', '::1/129', '300.0.0.0/8', 'x/8', '10.0.0.0']) {
  test(`does not take ${network} for a network`, () => {
    assert.throws(() => createAddressRules([network]), /is no network such as 10\.0\.0\.0\/8/);
  });
}

test('a name is given only with addresses that are permitted', async () => {
  const resolve = (allowed: readonly string[], all: boolean) =>
    new Promise((done, fail) => {
      createAddressRules(allowed).lookup('localhost', { all }, (error, found, family) => {
        if (error) fail(error);
        else done(all ? found : [found, family]);
      });
    });
  const refusal = /^TransferError: localhost is (127\.0\.0\.1|::1), which is loopback: refused unless/;
  await assert.rejects(resolve([], true), refusal);
  await assert.rejects(resolve([], false), refusal);
  assert.deepEqual(await resolve(['127.0.0.0/8'], true), [{ address: '127.0.0.1', family: 4 }]);
  assert.deepEqual(await resolve(['127.0.0.0/8'], false), ['127.0.0.1', 4]);
});

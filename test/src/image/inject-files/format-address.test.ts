import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatAddress } from '../../../../src/image/inject-files/format-address.ts';
import { InjectionError } from '../../../../src/image/inject-files/injection-error.ts';

const values = {
  node: { uuid: 'u-1', properties: { rack: 7, nested: {}, none: null, isTrue: true, 'a b': 'blank' } },
  ports: [{ address: 'aa:bb' }, { address: 'cc:dd' }],
};

describe('an address of a file', () => {
  it('is filled with what is known of node and ports', () => {
    const address = 'http://h/{node[uuid]}/{node[properties][rack]}/{ports[1][address]}/{node[properties][a b]}';
    assert.equal(formatAddress(address, values), 'http://h/u-1/7/cc:dd/blank');
  });

  it('may hold braces, doubled', () => {
    assert.equal(formatAddress('http://h/{{node}}/{{{node[uuid]}}}', values), 'http://h/{node}/{u-1}');
  });

  it('stays as it is where it has none', () => {
    assert.equal(formatAddress('http://h/a?b=$&', values), 'http://h/a?b=$&');
  });

  it('is not filled again by what was filled in', () => {
    const node = { uuid: '{node[driver_info][password]}', driver_info: { password: 'hush' } };
    assert.equal(formatAddress('http://h/{node[uuid]}', { node, ports: [] }), `http://h/${node.uuid}`);
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['http://h/{node[name]}', /^\{node\[name\]\} in its address: expected a text or a number, found nothing$/],
    ['http://h/{node[uuid][x]}', /found nothing/],
    ['http://h/{ports[2][address]}', /found nothing/],
    ['http://h/{ports[length]}', /found nothing/],
    ['http://h/{node[constructor]}', /found nothing/],
    ['http://h/{node[__proto__]}', /found nothing/],
    ['http://h/{node[properties]}', /found more than one value/],
    ['http://h/{node[properties][none]}', /found null/],
    ['http://h/{node[properties][isTrue]}', /found true/],
    ['http://h/{node}', /is not understood/],
    ['http://h/{node.uuid}', /is not understood/],
    ['http://h/{node[uuid]!r}', /is not understood/],
    ['http://h/{node[uuid]:>10}', /is not understood/],
    ['http://h/{other[x]}', /is not understood/],
    ['http://h/{}', /is not understood/],
    ['http://h/{', /is not understood/],
    ['http://h/}', /is not understood/],
    ['http://h/{node[uuid]', /is not understood/],
  ];
  for (const [address, message] of wrong) {
    it(`is refused as ${address}`, () => {
      assert.throws(
        () => formatAddress(address, values),
        (error) => {
          assert.ok(error instanceof InjectionError);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatApiVersion,
  isAtLeast,
  newestVersionIn,
  olderOf,
  parseApiVersion,
} from '../../../src/ironic/api-version.ts';

const version = (minor: number, major = 1) => ({ major, minor });

describe('API versions', () => {
  it('are compared by number, not by text', () => {
    assert.equal(isAtLeast(version(100), version(68)), true);
    assert.equal(isAtLeast(version(9), version(10)), false);
    assert.equal(isAtLeast(version(0, 2), version(99)), true);
    assert.deepEqual(olderOf(version(104), version(68)), version(68));
    assert.deepEqual(olderOf(version(31), version(68)), version(31));
  });

  it('are written as they are read', () => {
    assert.equal(formatApiVersion(parseApiVersion('1.104') ?? version(0)), '1.104');
  });

  for (const text of ['', '1', '1.', 'latest', '1.2.3', 1.5, null, undefined, '-1.2']) {
    it(`are not read from ${JSON.stringify(text)}`, () => assert.equal(parseApiVersion(text), null));
  }

  it('are found in the version document, or not', () => {
    assert.deepEqual(newestVersionIn({ default_version: { version: '1.82' } }), version(82));
    for (const document of [
      null,
      undefined,
      {},
      [],
      'x',
      { default_version: null },
      { default_version: { version: 1 } },
    ]) {
      assert.equal(newestVersionIn(document), null);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspectionTargets } from '../../../src/ironic/inspection-targets.ts';

const old = { major: 1, minor: 82 };
const newest = { major: 1, minor: 115 };
const asLookup = { major: 1, minor: 84 };
const api = ['http://a:6385', 'http://b:6385/'];

describe('inspectionTargets', () => {
  it('are the inspections of each Ironic API where no other address is given', () => {
    assert.deepEqual(inspectionTargets([], api, old), [
      { url: 'http://a:6385/v1/continue_inspection', version: null },
      { url: 'http://b:6385/v1/continue_inspection', version: null },
    ]);
  });

  it('are asked for all that a lookup tells where our Ironic is new enough for that', () => {
    const versions = (callbacks: readonly string[]) =>
      inspectionTargets(callbacks, api, newest).map(({ version }) => version);
    assert.deepEqual(versions([]), [asLookup, asLookup]);
    assert.deepEqual(versions(['http://b:6385/v1/continue_inspection/']), [asLookup]);
    assert.deepEqual(versions(['http://b:6385/v1/continue_inspection?node_uuid=1']), [asLookup]);
  });

  it('are asked the old way where they are not the Ironic that we look up at, or nobody knows its version', () => {
    const given = ['http://a:5050/v1/continue', 'http://c:6385/v1/continue_inspection'];
    const expected = given.map((url) => ({ url, version: null }));
    assert.deepEqual(inspectionTargets(given, api, newest), expected);
    assert.deepEqual(inspectionTargets(given, [], null), expected);
    assert.deepEqual(inspectionTargets([], ['http://a'], null)[0]?.version, null);
  });
});

import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { certificateStore } from '../../../src/queue/certificate-store.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

describe('certificateStore', () => {
  it('keeps certificates as files that root writes and the group of the api reads and gives them back as they were', () => {
    using directory = temporaryDirectory();
    const store = certificateStore({ certificates: directory.path });
    store.save({ id: 'b', json: '{"größe":1}', html: '<p>' });
    store.save({ id: 'a', json: '{}', html: '' });
    assert.deepEqual(store.ids(), ['a', 'b']);
    assert.equal(store.read('b', 'json'), '{"größe":1}');
    assert.equal(store.read('b', 'html'), '<p>');
    assert.equal(store.read('c', 'json'), null);
    for (const name of readdirSync(directory.path)) {
      assert.equal(statSync(path.join(directory.path, name)).mode & 0o777, 0o640);
    }
  });

  it('replaces one with the same id', () => {
    using directory = temporaryDirectory();
    const store = certificateStore({ certificates: directory.path });
    for (const json of ['1', '2']) store.save({ id: 'a', json, html: json });
    assert.deepEqual([store.ids(), store.read('a', 'json'), store.read('a', 'html')], [['a'], '2', '2']);
  });

  it('has nothing to do with names that are no ids', () => {
    using directory = temporaryDirectory();
    const store = certificateStore({ certificates: path.join(directory.path) });
    writeFileSync(path.join(directory.path, 'a b.json'), '{}');
    writeFileSync(path.join(directory.path, 'a.json.1234.tmp'), '{}');
    assert.deepEqual(store.ids(), []);
    for (const id of ['', '..', '../a', 'a/b', 'a.b', 'a b', 'a\0', 'x'.repeat(129)]) {
      assert.equal(store.read(id, 'json'), null);
      assert.throws(() => store.save({ id, json: '', html: '' }), TypeError);
    }
  });
});

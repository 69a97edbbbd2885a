import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { isSecret } from '../../../src/log/redact.ts';
import { extractSecrets, replaceReferences, SecretStore } from '../../../src/queue/secret-store.ts';
import { prepareStateDir, type StateDir } from '../../../src/queue/state-dir.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** Keys of which some are secret, and some make an object look like a reference. */
const key = fc.oneof(fc.constantFrom('$secret', 'password', 'configdrive', 'url', 'params'), fc.string());

/** JSON in which secrets, objects under secret keys and forged references are common. */
const { json } = fc.letrec<{ json: unknown; object: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.integer({ min: -1, max: 4 }),
    fc.string(),
    fc.constantFrom(null, true, 'http://user:pass@host/', 'https://host/image?token=abc'),
    fc.record({ $secret: fc.integer({ min: -1, max: 4 }) }),
    fc.array(tie('json'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(key, tie('json'), { maxKeys: 5 }),
}));
const request = fc.dictionary(key, json, { maxKeys: 6 });

function asStored<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function restore(params: unknown, secrets: readonly unknown[]): unknown {
  return replaceReferences(params, (index) => {
    assert.ok(index < secrets.length, `no secret ${index}`);
    return secrets[index];
  });
}

/** Every value under a secret key, and every secret address, at any depth. */
function secretsIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => (isSecret('', item) ? [item] : secretsIn(item)));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => (isSecret(name, item) ? [item] : secretsIn(item)));
}

describe('secrets of a request', () => {
  it('are put back where they stood, whatever the request looks like', () => {
    fc.assert(
      fc.property(request, (params) => {
        const given = asStored(params);
        const extracted = extractSecrets(given, isSecret);
        const restored = restore(asStored(extracted.params), asStored(extracted.secrets));
        assert.deepEqual(asStored(restored), given);
      }),
      { numRuns: 500 },
    );
  });

  it('leave none of themselves behind', () => {
    fc.assert(
      fc.property(request, (params) => {
        const { params: stored } = extractSecrets(asStored(params), isSecret);
        const left = secretsIn(stored).filter((value) => !/^\{"\$secret":\d+\}$/.test(JSON.stringify(value)));
        assert.deepEqual(left, []);
      }),
      { numRuns: 500 },
    );
  });

  it('cannot be named by the request itself: what looks like a reference comes out as it went in', () => {
    const params = {
      step: { args: { note: { $secret: 0 } } },
      password: 'hush',
      more: [{ $secret: 1 }, { $secret: 99 }],
    };
    const extracted = extractSecrets(params, isSecret);
    assert.deepEqual(restore(extracted.params, extracted.secrets), params);
    assert.equal(JSON.stringify(extracted.params).includes('hush'), false);
  });

  it('are kept once where the same text stands in several places', () => {
    const drive = 'x'.repeat(1000);
    const { secrets } = extractSecrets({ configdrive: drive, image_info: { configdrive: drive } }, isSecret);
    assert.deepEqual(secrets, [drive]);
  });
});

describe('the secret store', () => {
  let dir: ReturnType<typeof temporaryDirectory>;
  let state: StateDir;
  let store: SecretStore;
  beforeEach(() => {
    dir = temporaryDirectory();
    state = prepareStateDir(dir.path, '11111111-1111');
    store = new SecretStore(state);
  });
  afterEach(() => dir[Symbol.dispose]());

  it('gives back what was saved, to this process and the next', () => {
    store.save('a-1', ['hush', { user: 'x' }]);
    assert.deepEqual(store.load('a-1'), ['hush', { user: 'x' }]);
    assert.deepEqual(new SecretStore(state).load('a-1'), ['hush', { user: 'x' }]);
  });

  it('keeps the secrets of each job in a file of its own that only root can read', () => {
    store.save('a', ['one']);
    store.save('b', ['two']);
    assert.deepEqual(readdirSync(state.secrets).sort(), ['a.json', 'b.json']);
    for (const name of readdirSync(state.secrets)) {
      assert.equal(statSync(path.join(state.secrets, name)).mode & 0o777, 0o600);
    }
    assert.deepEqual(store.load('b'), ['two']);
  });

  it('makes no file where there is nothing to keep', () => {
    store.save('a', []);
    assert.deepEqual(readdirSync(state.secrets), []);
    assert.deepEqual(store.load('a'), []);
  });

  it('overwrites a secret before it removes it, and does nothing where there is none', () => {
    store.save('a', ['hush']);
    const file = path.join(state.secrets, 'a.json');
    const descriptor = openSync(file, 'r');
    store.wipe('a');
    assert.equal(existsSync(file), false);
    assert.equal(readFileSync(descriptor, 'utf8'), '\0'.repeat('["hush"]'.length));
    closeSync(descriptor);
    store.wipe('a');
    assert.deepEqual(store.load('a'), []);
  });

  it('sweeps what an api left that died, and keeps what a running job needs', () => {
    store.save('running', ['hush']);
    store.save('orphan', ['hush']);
    writeFileSync(path.join(state.secrets, 'half.json.1.tmp'), 'hush');
    store.sweep((id) => id === 'running');
    assert.deepEqual(readdirSync(state.secrets), ['running.json']);
  });

  for (const id of ['../identity', 'a/b', '..', '', 'a.json', 'a\0']) {
    it(`does not leave its directory for the job ${JSON.stringify(id)}`, () => {
      const expected = { name: 'TypeError', message: /expected the id of a job/ };
      assert.throws(() => store.load(id), expected);
      assert.throws(() => store.wipe(id), expected);
      assert.throws(() => store.save(id, ['hush']), expected);
    });
  }
});

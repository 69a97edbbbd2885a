import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { it } from 'node:test';
import { IdentityStore } from '../../api/identity.ts';
import { prepareStateDir } from '../../src/queue/state-dir.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

it('survives the process, readable by nobody else', () => {
  using directory = temporaryDirectory();
  const state = prepareStateDir(directory.path, '11111111');
  new IdentityStore(state).update({ token: 'hush', port: 9999 });
  assert.deepEqual(new IdentityStore(state).current, { token: 'hush', port: 9999 });
  assert.equal(statSync(state.identity).mode & 0o777, 0o600);
});

it('forgets token and node at another Ironic, and keeps the port', () => {
  using directory = temporaryDirectory();
  const state = prepareStateDir(directory.path, '11111111');
  const identity = new IdentityStore(state);
  identity.update({ apiUrls: ['http://a', 'http://b'], token: 'hush', nodeUuid: '1', port: 9999 });
  assert.equal(identity.knownBy(['http://b']).token, 'hush');
  assert.deepEqual(identity.knownBy(['http://c']), { port: 9999 });
  assert.deepEqual(new IdentityStore(state).current, { port: 9999 });
});

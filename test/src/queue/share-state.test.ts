import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { writeForApi } from '../../../src/queue/root-only-file.ts';
import { shareState } from '../../../src/queue/share-state.ts';
import { prepareStateDir, type StateDir } from '../../../src/queue/state-dir.ts';
import { createStoredResult } from '../../../src/queue/stored-result.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const api = { uid: 64_001, gid: 64_002 };
const redis = { uid: 64_003, gid: 64_004 };

/** What one user may do with an entry, as the kernel judges it: `rwx` of the owner, of the group, or of the others. */
function rights(file: string, user: { readonly uid: number; readonly gids: readonly number[] }): string {
  const { uid, gid, mode } = statSync(file);
  const shift = uid === user.uid ? 6 : user.gids.includes(gid) ? 3 : 0;
  const bits = (mode >> shift) & 7;
  return `${bits & 4 ? 'r' : ''}${bits & 2 ? 'w' : ''}${bits & 1 ? 'x' : ''}`;
}

const asApi = (file: string): string => rights(file, { uid: api.uid, gids: [api.gid, redis.gid] });
const asRedis = (file: string): string => rights(file, { uid: redis.uid, gids: [redis.gid] });

function sharedState(root: string): StateDir {
  const state = prepareStateDir(root, '00000000-0000-0000-0000-000000000001');
  for (const file of [state.configFile, state.redisConfig, state.redisUsers]) writeFileSync(file, '', { mode: 0o600 });
  mkdirSync(path.join(state.media, 'etc'), { recursive: true, mode: 0o700 });
  writeFileSync(path.join(state.media, 'etc/ironic.crt'), '', { mode: 0o600 });
  shareState(state, { api, redis });
  return state;
}

test('lets the api write what is its own, and read what it is started by', () => {
  using dir = temporaryDirectory();
  const state = sharedState(dir.path);
  for (const own of [state.api, state.tls, state.secrets, state.results]) assert.equal(asApi(own), 'rwx', own);
  const crt = path.join(state.media, 'etc/ironic.crt');
  for (const read of [state.configFile, state.jobKey, state.redisPassword, crt]) assert.equal(asApi(read), 'r', read);
  for (const through of [state.root, state.redisData]) assert.equal(asApi(through), 'x', through);
  for (const entered of [state.certificates, state.media]) assert.equal(asApi(entered), 'rx', entered);
});

test('lets redis-server read its settings and write its data, and see nothing else', () => {
  using dir = temporaryDirectory();
  const state = sharedState(dir.path);
  assert.equal(asRedis(state.redisData), 'rwx');
  for (const settings of [state.redisConfig, state.redisUsers]) assert.equal(asRedis(settings), 'rw', settings);
  const others = readdirSync(state.root).filter((name) => !name.startsWith('redis'));
  for (const name of [...others, 'redis-password']) assert.equal(asRedis(path.join(state.root, name)), '', name);
});

test('keeps from the api what only workers and root need', () => {
  using dir = temporaryDirectory();
  const state = sharedState(dir.path);
  const closed = [state.spool, state.checkpoints, state.redisConfig, state.redisUsers, path.join(dir.path, 'boot-id')];
  for (const entry of closed) assert.equal(asApi(entry), '', entry);
});

test('hands what workers write for the api to its group, whatever their umask', () => {
  using dir = temporaryDirectory();
  const state = sharedState(dir.path);
  const before = process.umask(0o077);
  try {
    const certificate = path.join(state.certificates, 'a.json');
    writeForApi(certificate, '{}');
    const result = createStoredResult(state, 'b');
    result.append('{}');
    result.finish();
    result.close();
    assert.equal(asApi(certificate), 'r');
    assert.equal(asApi(path.join(state.results, 'b.json')), 'rw');
    assert.equal(asRedis(certificate), '');
  } finally {
    process.umask(before);
  }
});

test('stays shared when it is prepared once more in the same boot', () => {
  using dir = temporaryDirectory();
  const state = sharedState(dir.path);
  prepareStateDir(dir.path, state.bootId);
  assert.equal(asApi(state.root), 'x');
  assert.equal(asApi(state.api), 'rwx');
});

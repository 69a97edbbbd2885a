import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateUsers } from '../../../scripts/cli/state-users.ts';

const root = 'root:x:0:0:root:/root:/bin/sh\n';
const api = 'ironhand-api:x:998:997:Ironhand, HTTP API:/:/usr/sbin/nologin\n';
const redis = 'ironhand-redis:x:996:995:Ironhand, queues:/:/usr/sbin/nologin\n';

test('finds the users of the ramdisk', () => {
  assert.deepEqual(stateUsers(root + api + redis), { api: { uid: 998, gid: 997 }, redis: { uid: 996, gid: 995 } });
});

test('leaves all to root where one of them is missing, or is not told in full', () => {
  for (const passwd of [root, root + api, root + redis, `${root}ironhand-api:x:998\n${redis}`]) {
    assert.equal(stateUsers(passwd), null, passwd);
  }
});

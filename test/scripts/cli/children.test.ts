import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Children } from '../../../scripts/cli/children.ts';

/** Without a search path setpriv is not found, so that spawn itself fails. */
const unstartable = { name: 'lost', program: 'sleep', args: ['60'], env: { PATH: '/nowhere' } };
const sleeper = { name: 'sleeper', program: 'sleep', args: ['60'], env: { PATH: '/usr/bin:/bin' } };

describe('children of the launcher', () => {
  it('that cannot be started count as died, are tried again, and do not hold up the end', {
    timeout: 10_000,
  }, async () => {
    const children = new Children();
    children.start(unstartable);
    children.start(sleeper);
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual(await once(children, 'died'), ['lost', 'spawn setpriv ENOENT']);
      assert.equal(children.pid('lost'), undefined);
    }
    await children.stop('lost');
    assert.equal(children.pid('sleeper'), undefined);
  });

  it('that could not be started a moment ago do not hold up the end either', { timeout: 10_000 }, async () => {
    const children = new Children();
    children.start(unstartable);
    await children.stop('lost');
  });

  it('that die are started again', { timeout: 10_000 }, async () => {
    const children = new Children();
    children.start(sleeper);
    const pid = children.pid('sleeper');
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    assert.deepEqual(await once(children, 'died'), ['sleeper', 'killed by SIGKILL']);
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.notEqual(children.pid('sleeper') ?? pid, pid);
    await children.stop('sleeper');
  });
});

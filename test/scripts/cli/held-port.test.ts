import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Children } from '../../../scripts/cli/children.ts';
import { HeldPort } from '../../../scripts/cli/held-port.ts';
import { freePort } from '../../support/free-port.ts';
import { httpRequest } from '../../support/http-request.ts';

const server = {
  name: 'server',
  program: process.execPath,
  args: [path.join(import.meta.dirname, '../../support/listening-child.ts')],
  env: { PATH: '/usr/bin:/bin' },
};

interface Served {
  readonly pid: number;
  readonly port: number;
}

/** A held port with somebody who serves it. */
async function startServing() {
  const port = await freePort();
  const held = new HeldPort('127.0.0.1', port);
  const children = new Children();
  children.start(server, held);
  await once(children, 'message');
  const ask = async () => (await httpRequest(`http://127.0.0.1:${port}/`)).json as Served;
  return { port, held, children, ask };
}

describe('a port that is held', () => {
  it('stays open when the process that listens is killed, and the next one answers', async () => {
    const { port, held, children, ask } = await startServing();
    const first = await ask();
    assert.deepEqual(first, { pid: children.pid('server'), port });
    process.kill(first.pid, 'SIGKILL');
    await once(children, 'died');
    const waiting = await Promise.all([ask(), ask(), ask()]);
    for (const { pid } of waiting) assert.equal(pid, children.pid('server'));
    assert.notEqual(waiting[0]?.pid, first.pid);
    await children.stop('server');
    held.giveUp();
  });

  it('is refused when nobody will serve any more, also to whoever waits', async () => {
    const { held, children, ask } = await startServing();
    await children.stop('server');
    const waiting = assert.rejects(ask(), { code: 'ECONNRESET' });
    await sleep(200);
    held.giveUp();
    await waiting;
    await assert.rejects(ask(), { code: 'ECONNREFUSED' });
    assert.equal(held.fd, null);
  });

  it('is refused when nobody has accepted for 50 s', async (t) => {
    const { held, children, ask } = await startServing();
    await children.stop('server');
    t.mock.timers.enable({ apis: ['setTimeout'] });
    held.waits();
    t.mock.timers.tick(49_000);
    held.served();
    held.waits();
    t.mock.timers.tick(49_000);
    const waiting = ask();
    const isHeld = Symbol('held');
    const aMoment = (): Promise<symbol> => new Promise((resolve) => setImmediate(resolve, isHeld));
    assert.equal(await Promise.race([waiting, aMoment()]), isHeld);
    t.mock.timers.tick(1000);
    await assert.rejects(waiting, { code: /ECONNRESET|ECONNREFUSED/ });
    assert.notEqual(held.fd, null);
    held.giveUp();
  });

  it('is not held where it is taken, or is no address: who listens says why', async () => {
    const port = await freePort();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    assert.equal(new HeldPort('127.0.0.1', port).fd, null);
    assert.equal(new HeldPort('localhost', 0).fd, null);
    await new Promise((resolve) => other.close(resolve));
  });
});

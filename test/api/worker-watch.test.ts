import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pino from 'pino';
import { WorkerWatch } from '../../api/worker-watch.ts';
import type { WorkerGroup } from '../../src/core/queue-name.ts';

function createWatch() {
  const world = { present: [] as readonly WorkerGroup[] | null, now: 0, gone: [] as [WorkerGroup, number][] };
  const watch = new WorkerWatch({
    present: () => (world.present ? Promise.resolve(world.present) : Promise.reject(new Error('redis is away'))),
    onLongGone: (group, seconds) => void world.gone.push([group, seconds]),
    logger: pino({ enabled: false }),
    now: () => world.now,
  });
  return { watch, world };
}

describe('the watch over the workers', () => {
  it('says that all are there only when they are there at the same time', async () => {
    const { watch, world } = createWatch();
    let areThere = false;
    void watch.allThere.then(() => {
      areThere = true;
    });
    for (const present of [[], ['storage'], ['system'], null] as const) {
      world.present = present;
      await watch.look();
      await Promise.resolve();
      assert.equal(areThere, false, String(present));
    }
    world.present = ['storage', 'system'];
    await watch.look();
    await watch.allThere;
    assert.deepEqual([...watch.missing], []);
  });

  it('counts how long a group has been away, and tells of one that does not come back', async () => {
    const { watch, world } = createWatch();
    world.present = ['storage', 'system'];
    await watch.look();
    world.present = ['system'];
    await watch.look();
    world.now = 299;
    await watch.look();
    assert.deepEqual([...watch.missing], [['storage', 299]]);
    assert.deepEqual(world.gone, []);
    world.now = 301;
    await watch.look();
    assert.deepEqual(world.gone, [['storage', 301]]);
    world.present = ['storage', 'system'];
    await watch.look();
    assert.deepEqual([...watch.missing], []);
  });

  it('knows nothing new while Redis is away', async () => {
    const { watch, world } = createWatch();
    world.present = ['storage', 'system'];
    await watch.look();
    world.present = null;
    world.now = 1000;
    await watch.look();
    assert.deepEqual([...watch.missing], []);
    assert.deepEqual(world.gone, []);
  });
});

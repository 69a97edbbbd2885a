import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Lane, runLanes } from '../../../../../src/storage/erase/lanes/run-lanes.ts';

interface Watch {
  /** Lanes that are inside a task now. */
  readonly running: Set<string>;
  readonly seen: { total: number; perController: Map<string, number>; sameLane: boolean };
}

function watchedLanes(
  shape: readonly { readonly controller: string | null; readonly tasks: number }[],
  watch: Watch,
): readonly Lane<string>[] {
  return shape.map(({ controller, tasks }, index) => {
    const name = `lane ${index}`;
    const task = (number: number) => async (): Promise<string> => {
      if (watch.running.has(name)) watch.seen.sameLane = true;
      watch.running.add(name);
      watch.seen.total = Math.max(watch.seen.total, watch.running.size);
      const beside = shape.filter(
        (other, at) => other.controller === controller && watch.running.has(`lane ${at}`),
      ).length;
      if (controller !== null) {
        watch.seen.perController.set(controller, Math.max(watch.seen.perController.get(controller) ?? 0, beside));
      }
      await new Promise((resolve) => setImmediate(resolve));
      watch.running.delete(name);
      return `${name} task ${number}`;
    };
    return { name, controller, tasks: Array.from({ length: tasks }, (_, number) => task(number)) };
  });
}

const newWatch = (): Watch => ({
  running: new Set(),
  seen: { total: 0, perController: new Map(), sameLane: false },
});

const shapes = fc.array(
  fc.record({ controller: fc.constantFrom(null, 'one', 'two'), tasks: fc.integer({ min: 0, max: 3 }) }),
  { maxLength: 12 },
);

describe('runLanes', () => {
  it('runs every task once, never two of a lane together, never more than the bounds', async () => {
    await fc.assert(
      fc.asyncProperty(
        shapes,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        async (shape, total, perController) => {
          const watch = newWatch();
          const results = await runLanes(watchedLanes(shape, watch), { total, perController });
          const expected = shape.flatMap(({ tasks }, lane) =>
            Array.from({ length: tasks }, (_, task) => `lane ${lane} task ${task}`),
          );
          assert.deepEqual(results, expected);
          assert.ok(watch.seen.total <= total);
          assert.ok(!watch.seen.sameLane);
          for (const most of watch.seen.perController.values()) assert.ok(most <= perController);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('uses all the room that there is', async () => {
    const watch = newWatch();
    await runLanes(watchedLanes(Array(8).fill({ controller: null, tasks: 2 }), watch), { total: 5, perController: 1 });
    assert.equal(watch.seen.total, 5);
  });

  it('does not let a busy controller hold up the disks of another', async () => {
    const watch = newWatch();
    const busy = { controller: 'one', tasks: 2 };
    const lanes = watchedLanes([busy, busy, busy, { controller: 'two', tasks: 2 }], watch);
    await runLanes(lanes, { total: 4, perController: 1 });
    assert.equal(watch.seen.total, 2);
  });

  it('begins nothing more after a rejection, and waits for what had begun', async () => {
    const ended: string[] = [];
    const slow = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      ended.push('slow');
    };
    const lanes: Lane<void>[] = [
      { name: 'a', controller: null, tasks: [() => Promise.reject(new Error('the worker stops'))] },
      { name: 'b', controller: null, tasks: [slow, slow] },
      { name: 'c', controller: null, tasks: [slow] },
    ];
    await assert.rejects(runLanes(lanes, { total: 2, perController: 2 }), /the worker stops/);
    assert.deepEqual(ended, ['slow']);
  });
});

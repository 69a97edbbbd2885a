import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Serial } from '../../api/serial.ts';

it('runs one task after the other in the order they came, also after one that failed', async () => {
  const serial = new Serial();
  const events: string[] = [];
  const task = (name: string, turns: number, fails = false) =>
    serial.run(async () => {
      events.push(`${name} begins`);
      for (let turn = 0; turn < turns; turn++) await null;
      events.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const results = await Promise.allSettled([task('a', 5), task('b', 3, true), task('c', 0), task('d', 1)]);
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason))),
    ['a', 'Error: b', 'c', 'd'],
  );
  assert.deepEqual(
    events,
    ['a', 'b', 'c', 'd'].flatMap((name) => [`${name} begins`, `${name} ends`]),
  );
});

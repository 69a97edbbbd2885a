import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { introspectionDelay, runIntrospectionDaemon } from '../../api/introspection-daemon.ts';
import { InspectionError } from '../../src/errors/catalogue.ts';
import { silentLog } from '../src/ironic/silent-log.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** What each inspection comes to, one after the other; the signal fires when there is none left. */
async function run(outcomes: readonly ('posted' | Error)[]) {
  const stop = new AbortController();
  const clock = new FakeClock();
  const left = [...outcomes];
  const inspect = async () => {
    const outcome = left.shift();
    if (left.length === 0) stop.abort();
    if (outcome instanceof Error) throw outcome;
  };
  await runIntrospectionDaemon({ intervalSeconds: 300, inspect, signal: stop.signal }, silentLog, clock);
  return { sleeps: clock.sleeps.map(Math.round), left };
}

describe('introspectionDelay', () => {
  it('is the interval, some less or some more', () => {
    assert.deepEqual(
      [0, 0.5, 1].map((random) => Math.round(introspectionDelay(300, 0, random))),
      [210, 285, 360],
    );
  });

  it('grows with failures up to four times', () => {
    assert.deepEqual(
      [1, 2, 900].map((failures) => Math.round(introspectionDelay(100, failures, 0.6))),
      [270, 400, 400],
    );
  });
});

describe('the introspection daemon', () => {
  it('inspects after each interval until it is stopped', async () => {
    assert.deepEqual(await run(['posted', 'posted', 'posted']), { sleeps: [285, 285, 285], left: [] });
  });

  it('goes on after a failure, later, and at the usual pace when it has posted again', async () => {
    const refused = new InspectionError('404');
    assert.deepEqual((await run([refused, refused, 'posted', 'posted'])).sleeps, [285, 770, 1140, 285]);
  });

  it('does not hide what is no failure of an inspection', async () => {
    await assert.rejects(run([new TypeError('a bug'), 'posted']), TypeError);
  });
});

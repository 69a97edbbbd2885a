import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Progress, ProgressReport } from '../../src/core/progress.ts';
import { ProgressReporter } from '../../workers/progress-reporter.ts';
import { TimerClock } from '../support/timer-clock.ts';

type Published = Progress & { readonly at: number };

/** A job whose reports are published on a clock that stands. */
function job() {
  const clock = new TimerClock();
  const published: Published[] = [];
  const reporter = new ProgressReporter(
    'devices',
    (progress) => published.push({ ...progress, at: clock.now() }),
    clock,
  );
  const tell = (devices: NonNullable<ProgressReport['devices']>): void =>
    reporter.report({ phase: 'erase', done: 0, total: 8, devices });
  return { clock, published, reporter, tell };
}

const sda = (done: number, phase = 'pass 1', total: number | null = 1000) => ({ '/dev/sda': { phase, done, total } });
const sdb = (done: number, phase = 'pass 1', total: number | null = 1000) => ({ '/dev/sdb': { phase, done, total } });

const anyReports = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: 700 }),
    device: fc.constantFrom('/dev/sda', '/dev/sdb', '/dev/sdc', '__proto__'),
    news: fc.option(
      fc.record({
        phase: fc.constantFrom('pass 1', 'verify'),
        done: fc.nat(1000),
        total: fc.option(fc.nat(1000)),
      }),
    ),
  }),
);

function publishAll(reports: typeof anyReports extends fc.Arbitrary<infer R> ? R : never): readonly Published[] {
  const { clock, published, tell } = job();
  for (const { after, device, news } of reports) {
    clock.advance(after);
    tell(Object.fromEntries([[device, news]]));
  }
  clock.advance(5000);
  return published;
}

describe('the progress of each device', () => {
  it('has rate and time left by the average of its own phase, whatever the others do', () => {
    const { clock, published, tell } = job();
    tell({ ...sda(0), ...sdb(0) });
    clock.advance(1000);
    tell({ ...sda(100), ...sdb(500) });
    clock.advance(1000);
    tell(sda(400));
    assert.deepEqual(published.at(-1)?.devices, {
      '/dev/sda': { phase: 'pass 1', done: 400, total: 1000, rate: 200, eta: 3 },
      '/dev/sdb': { phase: 'pass 1', done: 500, total: 1000, rate: 250, eta: 2 },
    });
  });

  it('claims no speed for what an earlier process has done', () => {
    const { clock, published, tell } = job();
    tell(sda(900));
    clock.advance(10_000);
    tell(sda(950));
    assert.deepEqual(published.at(-1)?.devices?.['/dev/sda'], {
      phase: 'pass 1',
      done: 950,
      total: 1000,
      rate: 5,
      eta: 10,
    });
  });

  it('shows the rate of what is slow, too', () => {
    const { clock, published, tell } = job();
    tell(sda(0, 'sanitize'));
    clock.advance(72_000);
    tell(sda(10, 'sanitize'));
    assert.deepEqual(published.at(-1)?.devices?.['/dev/sda'], {
      phase: 'sanitize',
      done: 10,
      total: 1000,
      rate: 0.139,
      eta: 7128,
    });
  });

  it('comes at once for a new phase, and for several within a quarter of a second', () => {
    const { clock, published, tell } = job();
    tell(sda(0));
    clock.advance(300);
    tell(sda(10, 'verify'));
    clock.advance(10);
    tell(sdb(0));
    clock.advance(10);
    tell({ '/dev/sdc': { phase: 'pass 1', done: 0, total: null } });
    clock.advance(1000);
    assert.deepEqual(
      published.map(({ at, devices = {} }) => [at, Object.values(devices).map(({ phase }) => phase)]),
      [
        [0, ['pass 1']],
        [300, ['verify']],
        [550, ['verify', 'pass 1', 'pass 1']],
      ],
    );
  });

  it('is told although nothing more is reported for hours', () => {
    const { clock, published, tell } = job();
    tell(sda(0));
    clock.advance(400);
    tell(sda(7));
    clock.advance(7_200_000);
    assert.deepEqual(
      published.map(({ at, devices }) => [at, devices?.['/dev/sda']?.done]),
      [
        [0, 0],
        [1000, 7],
      ],
    );
    assert.equal(clock.pending, 0);
  });

  it('stays as it was where a report does not name it, and goes with null', () => {
    const { clock, published, reporter, tell } = job();
    tell({ ...sda(10), ...sdb(20) });
    clock.advance(1000);
    reporter.report({ phase: 'erase', done: 1, total: 8 });
    assert.deepEqual(Object.keys(published.at(-1)?.devices ?? {}), ['/dev/sda', '/dev/sdb']);
    clock.advance(1000);
    tell({ '/dev/sda': null });
    assert.deepEqual(Object.keys(published.at(-1)?.devices ?? {}), ['/dev/sdb']);
    clock.advance(1000);
    tell({ '/dev/sdb': null });
    assert.equal('devices' in (published.at(-1) ?? {}), false);
  });

  it('comes at most four times a second, and ends with what was reported last', () => {
    fc.assert(
      fc.property(anyReports, (reports) => {
        const published = publishAll(reports);
        for (const [index, progress] of published.entries()) {
          const before = published[index - 1];
          if (before) assertFollows(progress, before);
        }
        const left = new Map(reports.map(({ device, news }) => [device, news?.phase]));
        const expected = [...left].filter(([, phase]) => phase !== undefined);
        const found = Object.entries(published.at(-1)?.devices ?? {}).map(([device, { phase }]) => [device, phase]);
        assert.deepEqual(found.sort(), expected.sort());
      }),
    );
  });

  it('never falls within a phase, and comes once a second where none begins', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 700 }), fc.nat(1000))), (steps) => {
        const { clock, published, tell } = job();
        for (const [after, done] of steps) {
          clock.advance(after);
          tell({ ...sda(done), ...sdb(done) });
        }
        clock.advance(5000);
        for (const [index, { at, devices }] of published.entries()) {
          const before = published[index - 1];
          if (!before) continue;
          assert.ok(at - before.at >= 1000);
          assert.ok((devices?.['/dev/sda']?.done ?? 0) >= (before.devices?.['/dev/sda']?.done ?? 0));
        }
      }),
    );
  });
});

function assertFollows(progress: Published, before: Published): void {
  assert.ok(progress.at - before.at >= 250, `${before.at} ${progress.at}`);
  for (const now of Object.values(progress.devices ?? {})) {
    assert.ok(now.rate >= 0 && (now.eta ?? 0) >= 0);
    assert.ok(Number.isFinite(now.rate));
  }
}

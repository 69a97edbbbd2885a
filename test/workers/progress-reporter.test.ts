import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Progress, ProgressReport } from '../../src/core/progress.ts';
import { ProgressReporter } from '../../workers/progress-reporter.ts';
import { TimerClock } from '../support/timer-clock.ts';

interface Published extends Progress {
  readonly at: number;
}

interface TimedReport extends ProgressReport {
  /** Milliseconds since the report before. */
  readonly after: number;
}

function publish(reports: readonly TimedReport[]): readonly Published[] {
  const clock = new TimerClock();
  const published: Published[] = [];
  const reporter = new ProgressReporter('bytes', (progress) => published.push({ ...progress, at: clock.now() }), clock);
  for (const { after, ...report } of reports) {
    clock.advance(after);
    reporter.report(report);
  }
  return published;
}

const write = (after: number, done: number, total: number | null = 1000) => ({ after, phase: 'write', done, total });

const anyReports = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: 1500 }),
    phase: fc.constantFrom('write', 'verify'),
    done: fc.nat(1000),
    total: fc.option(fc.nat(1000)),
    sourceBytes: fc.nat(1000),
    deviceBytes: fc.nat(1000),
  }),
);

/** Runs of neighbours of one phase. */
function phases(published: readonly Published[]): readonly (readonly Published[])[] {
  const runs: Published[][] = [];
  for (const progress of published) {
    const current = runs.at(-1);
    if (current?.[0]?.phase === progress.phase) current.push(progress);
    else runs.push([progress]);
  }
  return runs;
}

function assertNotLess(progress: Progress, before: Progress): void {
  for (const field of ['done', 'source_bytes', 'device_bytes'] as const) {
    assert.ok((progress[field] ?? 0) >= (before[field] ?? 0), field);
  }
}

describe('the progress of a job', () => {
  it('never falls within a phase and comes at most once a second there, whatever a step reports', () => {
    fc.assert(
      fc.property(anyReports, (reports) => {
        for (const run of phases(publish(reports))) {
          for (const [index, progress] of run.entries()) {
            const before = run[index - 1];
            if (!before) continue;
            assertNotLess(progress, before);
            assert.ok(progress.at - before.at >= 1000);
          }
        }
      }),
    );
  });

  it('has no negative number in it and nothing that JSON cannot say', () => {
    fc.assert(
      fc.property(anyReports, (reports) => {
        for (const progress of publish(reports)) {
          assert.deepEqual(JSON.parse(JSON.stringify(progress)), progress);
          assert.ok(progress.rate >= 0 && (progress.eta ?? 0) >= 0);
          assert.equal(progress.unit, 'bytes');
        }
      }),
    );
  });

  it('tells the first report of a phase at once', () => {
    const published = publish([write(0, 0), write(10, 5), { after: 10, phase: 'verify', done: 0, total: null }]);
    assert.deepEqual(
      published.map(({ phase, at }) => [phase, at]),
      [
        ['write', 0],
        ['verify', 20],
      ],
    );
  });

  it('goes by the average of the whole phase', () => {
    const published = publish([write(0, 100), write(1000, 200), write(1000, 700)]);
    assert.deepEqual(
      published.map(({ done, rate, eta }) => [done, rate, eta]),
      [
        [100, 0, null],
        [200, 100, 8],
        [700, 300, 1],
      ],
    );
  });

  it('claims no speed for what an earlier run has done: a job that goes on at 60 % is as fast as what it does from there', () => {
    const GB = 1e9;
    const published = publish([write(0, 60 * GB, 100 * GB), write(1000, 60.5 * GB, 100 * GB)]);
    assert.deepEqual(
      published.map(({ rate, eta }) => [rate, eta]),
      [
        [0, null],
        [0.5 * GB, 79],
      ],
    );
  });

  it('is not carried away by a burst, nor by a stall: the average counts', () => {
    const published = publish([write(0, 0), write(1000, 10), write(1000, 20), write(1000, 500), write(47_000, 501)]);
    assert.deepEqual(
      published.map(({ rate, eta }) => [rate, eta]),
      [
        [0, null],
        [10, 99],
        [10, 98],
        [167, 3],
        [10, 50],
      ],
    );
  });

  it('tells bytes of the source and of the device where the step does, and only there', () => {
    const [first, second] = publish([
      { ...write(0, 10), sourceBytes: 10, deviceBytes: 4096 },
      { after: 0, phase: 'verify', done: 0, total: 8192 },
    ]);
    assert.deepEqual([first?.source_bytes, first?.device_bytes], [10, 4096]);
    assert.deepEqual([second && 'source_bytes' in second, second && 'device_bytes' in second], [false, false]);
  });

  it('begins anew with each phase, also with one that was there before', () => {
    const verify = (after: number) => ({ after, phase: 'verify', done: 0, total: 10 });
    const published = publish([write(0, 900), verify(5000), write(100, 50), write(1000, 60)]);
    assert.deepEqual(
      published.map(({ phase, done, rate }) => [phase, done, rate]),
      [
        ['write', 900, 0],
        ['verify', 0, 0],
        ['write', 50, 0],
        ['write', 60, 10],
      ],
    );
  });

  it('knows no end where the total is unknown, and has none left where it is passed', () => {
    const published = publish([write(0, 0, null), write(1000, 10, null), write(1000, 30, 20)]);
    assert.deepEqual(
      published.map(({ total, eta }) => [total, eta]),
      [
        [null, null],
        [null, null],
        [20, 0],
      ],
    );
  });
});

it('the last report of a job is published when it ends, once', () => {
  const clock = new TimerClock();
  const published: Progress[] = [];
  const reporter = new ProgressReporter('bytes', (progress) => published.push(progress), clock);
  reporter.report({ phase: 'write', done: 1, total: 4 });
  reporter.report({ phase: 'write', done: 4, total: 4 });
  reporter.flush();
  reporter.flush();
  clock.advance(5000);
  assert.deepEqual(
    published.map(({ done }) => done),
    [1, 4],
  );
});

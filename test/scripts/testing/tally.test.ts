import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { FileResult } from '../../../scripts/testing/run-file.ts';
import { addFile, createTally, describeFile, summaryLine } from '../../../scripts/testing/tally.ts';

const good: FileResult = {
  file: 'test/a.test.ts',
  passed: 3,
  skipped: [],
  failures: [],
  seconds: 1.25,
  output: 'noise',
};
const bad: FileResult = {
  ...good,
  file: 'test/b.test.ts',
  skipped: ['later'],
  failures: [{ name: 'adds up', error: 'Error: 5\n  at b.test.ts:3' }],
};

suite('tally', () => {
  test('adds up files to one line that a CI can read', () => {
    const tally = createTally();
    addFile(tally, good);
    assert.equal(summaryLine(tally), '3 passed, 0 failed');
    addFile(tally, bad);
    assert.equal(summaryLine(tally), '6 passed, 1 failed, 1 skipped');
  });

  test('keeps failures, and what their file printed, for the end', () => {
    const tally = createTally();
    addFile(tally, good);
    addFile(tally, bad);
    assert.deepEqual(tally.failures, [
      'test/b.test.ts: adds up\n        Error: 5\n          at b.test.ts:3',
      'test/b.test.ts printed\n        noise',
    ]);
  });

  test('does not repeat at the end what was shown at once', () => {
    const tally = createTally();
    addFile(tally, { ...bad, output: 'noise\nnote: 1000 cases' });
    assert.equal(tally.failures.at(-1), 'test/b.test.ts printed\n        noise');
  });

  test('names failed and skipped tests as soon as their file has ended', () => {
    assert.equal(describeFile(good), 'ok    test/a.test.ts (3 passed, 1.3 s)');
    const lines = describeFile(bad).split('\n');
    assert.deepEqual(lines.slice(1), ['      skipped: later', '      FAILED: adds up: Error: 5']);
  });

  test('shows what a file wants to be seen, and nothing else that it prints', () => {
    const lines = describeFile({ ...good, output: 'noise\nnote: 1000 cases\nnoise' }).split('\n');
    assert.deepEqual(lines.slice(1), ['      1000 cases']);
  });
});

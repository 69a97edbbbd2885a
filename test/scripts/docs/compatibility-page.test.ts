import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type CompatibilityResult, renderCompatibility } from '../../../scripts/docs/compatibility-page.ts';

const result: CompatibilityResult = {
  flow: 'rescue',
  title: 'rescue a node',
  release: '21.4',
  version: '21.4.4',
  passed: true,
  seconds: 12.34,
  date: '2026-11-22',
};

suite('the page of compatibility', () => {
  test('has a row for each flow, and says of each release how it ended', () => {
    const page = renderCompatibility([
      result,
      { ...result, flow: 'abort', title: 'abort a step', passed: false },
      { ...result, release: '39.0', version: '39.0.0' },
    ]);
    assert.match(page, /^2 of 3 passed/m);
    assert.match(page, /^- Ironic 39\.0: 39\.0\.0, 2026-11-22$/m);
    assert.match(page, /^\| `rescue` \| rescue a node \| passed, 12\.3 s \| passed, 12\.3 s \|$/m);
    assert.match(page, /^\| `abort` \| abort a step \| \*\*failed\*\*, 12\.3 s \| not there \|$/m);
  });
});

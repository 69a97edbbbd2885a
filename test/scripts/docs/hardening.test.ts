import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { hardeningFile, renderHardening } from '../../../scripts/docs/hardening-page.ts';
import { measureHardening } from '../../../scripts/docs/measure-hardening.ts';

/** Another release weighs by other rules. */
const isMeasurable = /^systemd 252\b/.test(
  spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' }).stdout ?? '',
);

suite('the page of hardening', () => {
  test('has a row for each unit, the least exposed first', () => {
    const page = renderHardening([
      { unit: 'b.service', description: 'B', user: 'root', exposure: 9 },
      { unit: 'a.service', description: 'A', user: 'a', exposure: 1.45 },
    ]);
    assert.match(page, /\| `a\.service` \| a \| 1\.4 \| A \|\n\| `b\.service` \| root \| 9\.0 \| B \|/);
  });

  test('says what systemd-analyze says', { skip: !isMeasurable && 'needs systemd-analyze of systemd 252' }, () =>
    assert.deepEqual(measureHardening(), JSON.parse(readFileSync(hardeningFile, 'utf8'))),
  );
});

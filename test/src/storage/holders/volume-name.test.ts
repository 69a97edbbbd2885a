import assert from 'node:assert/strict';
import { test } from 'node:test';
import { volumeNameOf } from '../../../../src/storage/holders/volume-name.ts';

const names: readonly (readonly [mapped: string, volume: string | null])[] = [
  ['vg-root', 'vg/root'],
  ['vg--a-lv--b', 'vg-a/lv-b'],
  ['vg---lv', 'vg-/lv'],
  ['vg-lv--', 'vg/lv-'],
  ['vg-pool-tpool', 'vg/pool'],
  ['vg-lv_rimage_0', 'vg/lv_rimage_0'],
  ['vg', null],
  ['vg-', null],
  ['-lv', null],
  ['vg-a-b-c', null],
  ['vg-lv;reboot', null],
  ['', null],
];

for (const [mapped, volume] of names) {
  test(`${JSON.stringify(mapped)} is ${volume ?? 'no name of a volume'}`, () => {
    assert.equal(volumeNameOf(mapped), volume);
  });
}

test('what has no name is no volume', () => {
  assert.equal(volumeNameOf(null), null);
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { tidyCache, touch } from '../../../ramdisk/build/tidy-cache.ts';

test('what no build has used for a week leaves the cache, and nothing else does', async () => {
  const cacheDir = mkdtempSync(path.join(tmpdir(), 'cache-'));
  try {
    for (const name of ['ramdisk-base-a', 'ramdisk-base-b', 'demo-image-c', 'ramdisk-segments'])
      mkdirSync(path.join(cacheDir, name));
    writeFileSync(path.join(cacheDir, 'ramdisk-segments/node'), '');
    for (const name of [
      'ramdisk-segments/node',
      'ramdisk-base-a',
      'ramdisk-base-b',
      'demo-image-c',
      'ramdisk-segments',
    ])
      utimesSync(path.join(cacheDir, name), 1, 1);
    await touch(path.join(cacheDir, 'ramdisk-base-b'));
    await tidyCache(cacheDir);
    assert.deepEqual(readdirSync(cacheDir).sort(), ['demo-image-c', 'ramdisk-base-b', 'ramdisk-segments']);
    assert.deepEqual(readdirSync(path.join(cacheDir, 'ramdisk-segments')), []);
  } finally {
    rmSync(cacheDir, { recursive: true });
  }
});

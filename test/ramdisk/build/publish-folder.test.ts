import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { publishFolder } from '../../../ramdisk/build/publish-folder.ts';

test('of two builders of the same, both find the folder of the first, and nothing else is left', async () => {
  const cache = mkdtempSync(path.join(tmpdir(), 'publish-'));
  const place = path.join(cache, 'base');
  try {
    for (const builder of ['first', 'second']) {
      const finished = path.join(cache, builder);
      mkdirSync(finished);
      writeFileSync(path.join(finished, 'name'), builder);
      await publishFolder(finished, place);
      assert.equal(existsSync(finished), false);
    }
    assert.equal(readFileSync(path.join(place, 'name'), 'utf8'), 'first');
    await assert.rejects(publishFolder(path.join(cache, 'none'), place), /ENOENT/);
  } finally {
    rmSync(cache, { recursive: true });
  }
});

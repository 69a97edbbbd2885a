import assert from 'node:assert/strict';
import { test } from 'node:test';
import { syncFileSystems } from '../../../src/tools/sync.ts';
import { bootContext } from '../boot/boot-context.ts';

test('sync is permitted everywhere and may take minutes', async () => {
  const context = bootContext();
  await syncFileSystems(context.run);
  assert.deepEqual(context.calls, [{ program: 'sync', args: [], effect: { kind: 'read' }, timeoutSeconds: 600 }]);
});

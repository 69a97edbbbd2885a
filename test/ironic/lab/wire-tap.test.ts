import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breakOffRequest } from '../../support/broken-off-request.ts';
import { createImageServer } from '../../support/image-server.ts';
import { createWireTap } from './wire-tap.ts';

test('the tap passes on what comes after a request that broke off, as that of a machine whose power was cut', async () => {
  await using ironic = await createImageServer();
  ironic.serve('/v1/lookup', Buffer.from('{"node":1}'));
  await using tap = await createWireTap({ url: ironic.origin, inspectorUrl: ironic.origin });
  await breakOffRequest(`${tap.ironicUrl}/v1/heartbeat/1`);
  assert.deepEqual(await (await fetch(`${tap.ironicUrl}/v1/lookup`)).json(), { node: 1 });
  assert.deepEqual(
    tap.exchanges.map(({ path, answer }) => [path, answer]),
    [['/v1/lookup', { node: 1 }]],
  );
});

import assert from 'node:assert/strict';
import { until } from '../../support/until.ts';
import { assertImageOnDisk } from '../lab/disk-evidence.ts';
import { fieldOf } from '../lab/exchange.ts';
import { defineFlow } from '../lab/flow.ts';
import { LabMachine } from '../lab/lab-machine.ts';
import { recorded } from '../lab/recorded.ts';
import { createWireTap } from '../lab/wire-tap.ts';

export const twin = defineFlow({
  name: 'two-agents-one-mac',
  title:
    'a second machine with the same MAC address gets no token: it says why, is silent, and does not disturb the first',
  async run(stage) {
    const { images, ironic } = stage.lab;
    await stage.makeAvailable();
    await stage.node.set({ instance_info: images.slowInstanceInfo('twin') });
    await stage.node.provision('active');
    await stage.stepBegan('write_image');

    await using tap = await createWireTap(ironic);
    const { macAddress } = stage.machine;
    const options = { macAddress, devices: [], tls: false, fastTrack: false, managers: 'steps' } as const;
    await using second = new LabMachine({ ...options, args: [], startedBy: [] }, tap);
    await second.reset();
    await until(() => second.output.includes('no commands are served'), { withinMs: 60_000, what: 'the reason' });
    await stage.node.reaches('active');

    await assertImageOnDisk(images.image('disk.raw').file, stage.disk.path);
    stage.spoke(recorded.deploy('write_image'));
    assert.match(second.output, /another machine has the same MAC address/);
    const lookups = tap.exchanges.filter(({ path, status }) => path === '/v1/lookup' && status === 200);
    assert.ok(lookups.length > 0);
    for (const { answer } of lookups) assert.equal(fieldOf(fieldOf(answer, 'config'), 'agent_token'), '******');
    assert.deepEqual(
      tap.exchanges.filter(({ path }) => path !== '/v1/lookup' && path !== '/').map(({ path }) => path),
      [],
    );
  },
});

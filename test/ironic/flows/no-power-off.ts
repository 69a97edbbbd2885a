import assert from 'node:assert/strict';
import { createImageServer } from '../../support/image-server.ts';
import { until } from '../../support/until.ts';
import { assertImageOnDisk } from '../lab/disk-evidence.ts';
import { defineFlow } from '../lab/flow.ts';
import { recorded } from '../lab/recorded.ts';

export const noPowerOff = defineFlow({
  name: 'no-power-off',
  title: 'deploy a node that must not be switched off: the agent locks its network down instead (disable_power_off)',
  releases: ['39.0'],
  needs: { ownNetwork: true, node: () => ({ disable_power_off: true }) },
  async run(stage) {
    const { network, machine, lab } = stage;
    assert.ok(network);
    const { file } = lab.images.image('disk.raw');
    await using server = await createImageServer(undefined, network.tapAddress);
    const image = { ...lab.images.instanceInfo('disk.raw'), image_source: server.serve('/disk.raw', file) };
    await stage.makeAvailable();
    await stage.node.set({ instance_info: image });
    await stage.node.provision('active');
    await stage.stepBegan('write_image');
    assert.deepEqual(await network.upLinks(), ['lo', 'eth0']);
    const { power_state: power, last_error: error } = await stage.node.reaches('active');
    assert.deepEqual([power, error], ['power on', null]);
    await assertImageOnDisk(file, stage.disk.path);
    await until(async () => (await network.upLinks()).join() === 'lo', { withinMs: 20_000, what: 'interfaces down' });
    const over = '"command":"system.lockdown","msg":"nothing is left to do in this boot"';
    await until(() => machine.output.includes(over), { withinMs: 20_000, what: over });
    stage.spoke(recorded.deploySteps('write_image'), [
      '< standby.get_partition_uuids',
      '< standby.sync',
      '< system.lockdown',
      '< look: nobody there',
    ]);
  },
});

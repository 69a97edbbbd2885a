import assert from 'node:assert/strict';
import { assertImageOnDisk } from '../lab/disk-evidence.ts';
import { listedCommands, stepOf } from '../lab/exchange.ts';
import { defineFlow } from '../lab/flow.ts';
import { knownToken, tokenOnMedia } from '../lab/known-token.ts';

export const apiKilledWithKnownToken = defineFlow({
  name: 'api-killed-with-known-token',
  title:
    'api is killed in the middle of write_image, its token came with virtual media: no list is empty, the deployment ends well',
  needs: { args: () => ['--agent-token', knownToken] },
  async run(stage) {
    const { images } = stage.lab;
    await stage.makeAvailable();
    await stage.node.set({ instance_info: images.slowInstanceInfo('known-token', 2) });
    await stage.node.provision('active');
    await stage.node.until('wait call-back', (node) => {
      return node.provision_state === 'wait call-back' && node.reservation === null;
    });
    tokenOnMedia(stage);
    await stage.stepBegan('write_image');
    stage.machine.killProcess('api');
    await stage.node.reaches('active');
    await assertImageOnDisk(images.image('disk.raw').file, stage.disk.path);
    const { exchanges } = stage.tap;
    const told = exchanges.findIndex((each) => stepOf(each) === 'write_image');
    assert.equal(exchanges.filter((each) => stepOf(each) === 'write_image').length, 1, 'the step was asked for again');
    const looks = exchanges.slice(told + 1).filter(({ from, method, status }) => {
      return from === 'conductor' && method === 'GET' && status === 200;
    });
    assert.ok(looks.length > 0);
    for (const look of looks)
      assert.ok(listedCommands(look).length > 1, 'the conductor met a list that had lost the step');
  },
});

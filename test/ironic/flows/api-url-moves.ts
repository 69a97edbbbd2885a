import assert from 'node:assert/strict';
import { assertImageOnDisk } from '../lab/disk-evidence.ts';
import { listedCommands } from '../lab/exchange.ts';
import { defineFlow } from '../lab/flow.ts';

export const apiUrlMoves = defineFlow({
  name: 'api-url-moves',
  title:
    'the first of two api_urls goes away in the middle of a step: heartbeats go to the other, the deployment ends well',
  needs: { args: ({ ironic }, tap) => ['--api-url', `${tap.ironicUrl},${ironic.url}`] },
  async run(stage) {
    const { lab, tap } = stage;
    await stage.makeAvailable();
    await stage.node.set({ instance_info: lab.images.slowInstanceInfo('moves') });
    await stage.node.provision('active');
    await stage.stepBegan('write_image');
    const gone = tap.exchanges.length;
    tap.meddle(({ from }) => (from === 'agent' ? 'lose-request' : 'pass'));
    await stage.node.reaches('active');
    await assertImageOnDisk(lab.images.image('disk.raw').file, stage.disk.path);
    const since = tap.exchanges.slice(gone);
    assert.ok(
      since.some(({ from, path }) => from === 'agent' && path.startsWith('/v1/heartbeat/')),
      'no heartbeat met the URL that was gone',
    );
    assert.ok(
      since.some((each) => listedCommands(each).at(-1) === 'execute_deploy_step:SUCCEEDED'),
      'the conductor was not told of the end of the step',
    );
  },
});

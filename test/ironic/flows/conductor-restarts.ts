import assert from 'node:assert/strict';
import { until } from '../../support/until.ts';
import { assertImageOnDisk } from '../lab/disk-evidence.ts';
import { listedCommands, stepOf } from '../lab/exchange.ts';
import { defineFlow, type Stage } from '../lab/flow.ts';

/** Ironic dies while the agent runs a step, and comes back with its database when a heartbeat has failed. */
async function restartIronicIn(stage: Stage, step: string): Promise<void> {
  const { ironic } = stage.lab;
  const { exchanges } = stage.tap;
  await stage.stepBegan(step);
  await stage.node.until('rest in a waiting state', ({ provision_state: state, reservation }) => {
    return reservation === null && ['clean wait', 'wait call-back'].includes(state);
  });
  await ironic.kill();
  const known = exchanges.length;
  const hasFailed = (): boolean =>
    exchanges.slice(known).some(({ path, status }) => path.startsWith('/v1/heartbeat/') && status !== 202);
  await until(hasFailed, { withinMs: 30_000, what: 'a heartbeat that nobody answers' });
  await ironic.start();
}

function assertToldOnce(stage: Stage, step: string): void {
  const { exchanges } = stage.tap;
  assert.equal(exchanges.filter((each) => stepOf(each) === step).length, 1, 'the conductor asked for the step again');
  assert.ok(exchanges.flatMap(listedCommands).some((line) => /^execute_\w+_step:SUCCEEDED$/.test(line)));
}

export const conductorRestartsInClean = defineFlow({
  name: 'conductor-restarts-in-clean',
  title:
    'the conductor is killed and started again in the middle of a clean step: the step goes on, the clean ends well',
  async run(stage) {
    await stage.makeManageable();
    const step = { interface: 'deploy', step: 'lab_wait', args: { seconds: 15 } };
    await stage.node.provision('clean', { clean_steps: [step] });
    await restartIronicIn(stage, 'lab_wait');
    const { last_error: error } = await stage.node.reaches('manageable');
    assert.equal(error, null);
    assertToldOnce(stage, 'lab_wait');
  },
});

export const conductorRestartsInDeploy = defineFlow({
  name: 'conductor-restarts-in-deploy',
  title: 'the conductor is killed and started again in the middle of write_image: the deployment ends well',
  async run(stage) {
    const { images } = stage.lab;
    await stage.makeAvailable();
    await stage.node.set({ instance_info: images.slowInstanceInfo('restart', 2) });
    await stage.node.provision('active');
    await restartIronicIn(stage, 'write_image');
    await stage.node.reaches('active');
    await assertImageOnDisk(images.image('disk.raw').file, stage.disk.path);
    assertToldOnce(stage, 'write_image');
  },
});

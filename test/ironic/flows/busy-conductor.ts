import assert from 'node:assert/strict';
import { heartbeatTimes } from '../lab/conversation.ts';
import { commandOf, listedCommands, stepOf } from '../lab/exchange.ts';
import { defineFlow, type Stage } from '../lab/flow.ts';
import { assertHeartbeatPace, heartbeatsByBoot, heartbeatTimeoutSeconds } from '../lab/heartbeat-pace.ts';
import { recorded } from '../lab/recorded.ts';

async function cleanWithWaits(stage: Stage, ...seconds: readonly number[]): Promise<void> {
  await stage.makeManageable();
  const steps = seconds.map((each) => ({ interface: 'deploy', step: 'lab_wait', args: { seconds: each } }));
  await stage.node.provision('clean', { clean_steps: steps });
}

export const busyConductor = defineFlow({
  name: 'busy-conductor',
  title: 'the heartbeat after a step meets a locked node and is ignored: a regular one repairs it',
  async run(stage) {
    let held = 0;
    stage.tap.meddle((request) => (stepOf(request) === 'lab_wait' && held++ === 0 ? 'answer-late' : 'pass'));
    await cleanWithWaits(stage, 0);
    await stage.node.reaches('manageable');
    const { exchanges } = stage.tap;
    const post = exchanges.find((each) => stepOf(each) === 'lab_wait');
    const look = exchanges.find((each) => listedCommands(each).at(-1) === 'execute_clean_step:SUCCEEDED');
    assert.ok(post && look);
    const beats = heartbeatTimes(exchanges);
    const ignored = beats.filter((at) => at > post.at && at < post.endedAt);
    assert.ok(ignored.length > 0, 'no heartbeat met the locked node');
    assert.ok(look.at > post.endedAt, 'the conductor looked while it waited for the answer');
    assert.ok(
      beats.some((at) => at > post.endedAt && at < look.at),
      'it was not a later heartbeat that repaired it',
    );
    assertHeartbeatPace(exchanges);
    stage.spoke(recorded.clean('lab_wait'));
  },
});

/** For an Ironic whose regular heartbeats are far apart: what comes sooner was forced. */
export const forcedHeartbeats = defineFlow({
  name: 'forced-heartbeats',
  title: 'heartbeats are forced at the end of each asynchronous command, and only then',
  async run(stage) {
    const seconds = [0, 1, 7];
    await cleanWithWaits(stage, ...seconds);
    await stage.node.reaches('manageable');
    const { exchanges } = stage.tap;
    const timeout = heartbeatTimeoutSeconds(exchanges);
    assert.ok(timeout >= 60, 'this flow is for an Ironic with rare heartbeats');
    assertHeartbeatPace(exchanges);
    const [beats = []] = heartbeatsByBoot(exchanges);
    const steps = exchanges.filter((each) => commandOf(each) === 'clean.execute_clean_step');
    assert.equal(steps.length, seconds.length);
    assert.equal(beats.length, 1 + steps.length, 'a heartbeat was superfluous, or one is missing');
    for (const [index, step] of steps.entries()) {
      const after = beats[index + 1]?.at ?? Number.NaN;
      const end = step.at + (seconds[index] ?? 0);
      assert.ok(after >= end - 0.05 && after <= end + 3, `step ${index} ended at ${end} s: heartbeat at ${after} s`);
    }
    stage.spoke(recorded.clean('lab_wait', 'lab_wait', 'lab_wait'));
  },
});

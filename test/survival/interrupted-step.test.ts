import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { type StandInIronic, startStandInIronic } from '../support/stand-in-ironic.ts';
import { until } from '../support/until.ts';

/** An Ironic that answers a lookup as a real one did, see the folder. */
async function ironicThatSays(t: TestContext, lookup: string): Promise<StandInIronic> {
  const file = path.join(import.meta.dirname, '../fixtures/lookup', `${lookup}.json`);
  const { node } = JSON.parse(readFileSync(file, 'utf8'));
  const ironic = await startStandInIronic({ node });
  t.after(() => ironic.close());
  return ironic;
}

/** What a conductor finds when it looks because of the first heartbeat. */
async function listAtFirstHeartbeat(agent: RunningAgent, ironic: StandInIronic) {
  await until(() => ironic.lastHeartbeat, { withinMs: 20_000, what: 'the first heartbeat' });
  return await agent.list();
}

describe('an agent on a machine that restarted in the middle of a step', () => {
  it('lists the step as failed before its first heartbeat, once and also after the api was killed', async (t) => {
    const ironic = await ironicThatSays(t, 'reset-in-write-image-39.0.0');
    await using agent = await startAgent({ ironic });
    const list = await listAtFirstHeartbeat(agent, ironic);
    assert.deepEqual(
      list.map(({ command_name, command_status }) => [command_name, command_status]),
      [['execute_deploy_step', 'FAILED']],
    );
    assert.equal(list[0]?.command_error?.type, 'InterruptedError');
    assert.match(list[0]?.command_error?.details ?? '', /write_image: the machine restarted while the step ran/);

    await agent.accepted('standby.get_partition_uuids');
    const both = await agent.list();
    await agent.replaced('api', await agent.kill('api'));
    assert.deepEqual(await agent.list(), both);
  });

  it('lists nothing for a step of the conductor, or a reboot that was asked for', async (t) => {
    for (const lookup of ['deploy-begins-39.0.0', 'reboot-asked-for-39.0.0']) {
      const ironic = await ironicThatSays(t, lookup);
      await using agent = await startAgent({ ironic });
      assert.deepEqual(await listAtFirstHeartbeat(agent, ironic), [], lookup);
    }
  });
});

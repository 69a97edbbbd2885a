import assert from 'node:assert/strict';
import { assertNoTable } from '../lab/disk-evidence.ts';
import { commandOf, fieldOf } from '../lab/exchange.ts';
import { defineFlow, type Stage } from '../lab/flow.ts';
import { hasBeatSincePowerOn } from './life.ts';

/** Provides the node, which is fast tracked: nothing is reset. */
async function provide({ node }: Stage): Promise<void> {
  await node.provision('manage');
  await node.reaches('manageable');
  await node.provision('provide');
  await node.reaches('available');
}

/** Makes the agent work for some seconds; with the token of the conductor, which the tap has seen. */
async function occupy({ tap, node: { uuid } }: Stage, seconds: number): Promise<void> {
  const token = tap.exchanges.find((each) => commandOf(each) !== null)?.query['agent_token'] ?? '';
  const step = { interface: 'deploy', step: 'lab_wait', args: { seconds } };
  const answer = await fetch(`http://127.0.0.1:${tap.agentPort}/v1/commands/?wait=false&agent_token=${token}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'clean.execute_clean_step', params: { step, node: { uuid }, ports: [] } }),
  });
  const text = await answer.text();
  assert.equal(fieldOf(JSON.parse(text), 'command_status'), 'RUNNING', text);
}

/**
 * For an Ironic with fast track. An abort does not bring an agent there: it leaves last_error, and so both releases switch the
 * machine off.
 */
export const busyAtGetSteps = defineFlow({
  name: 'busy-at-get-steps',
  title:
    'fast track: a clean begins while the agent still works: get_clean_steps waits for its end, and the node is cleaned',
  needs: { fastTrack: true },
  async run(stage) {
    const { node, tap, machine } = stage;
    await node.powerOn();
    await node.until('heartbeat of a machine that is on', hasBeatSincePowerOn, 60);
    await provide(stage);
    const { boots } = machine;
    const before = tap.exchanges.length;
    await occupy(stage, 12);
    await provide(stage);
    assert.equal(machine.boots, boots);
    const [own, ...sent] = tap.exchanges.slice(before).filter((each) => commandOf(each) !== null);
    const [first, next] = sent;
    assert.ok(own && first && next);
    assert.equal(commandOf(first), 'clean.get_clean_steps');
    assert.equal(first.status, 200);
    assert.ok(first.at < own.at + 12 && first.endedAt >= own.at + 12, 'it did not wait');
    assert.equal(commandOf(next), 'clean.execute_clean_step');
    await assertNoTable(stage.disk.path);
  },
});

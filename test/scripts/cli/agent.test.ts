import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { processesOf } from '../../support/agent-processes.ts';
import { guardedStateDir, machineNode, nothingRuns, type RunningCli, runCli, startCli } from '../../support/cli.ts';
import { httpRequest } from '../../support/http-request.ts';
import { until } from '../../support/until.ts';

const flags = (stateDir: string) => [
  'agent',
  '--standalone',
  '--no-tls',
  '--agent-token',
  '678123',
  '--listen-host',
  '127.0.0.1',
  '--listen-port',
  '0',
  '--state-dir',
  stateDir,
];

/** Address of an agent when it has said that it is ready. */
async function ready(agent: RunningCli): Promise<string> {
  const line = () => /^ironhand agent is ready on (\S+) .*\n/.exec(agent.stdout)?.[1];
  return await until(() => line() ?? agent.child.exitCode !== null, { withinMs: 20_000, what: 'the ready line' }).then(
    (found) => {
      if (found === true) throw new Error(`the agent ended: ${agent.stderr}`);
      return found;
    },
  );
}

describe('ironhand agent, started by the Node of the machine', { concurrency: true }, () => {
  it('says one line when it is ready, serves, shares its state with no other, and ends on SIGTERM', async () => {
    using state = guardedStateDir();
    const agent = startCli(flags(state.path), { node: machineNode });
    const url = await ready(agent);
    for (const args of [flags(state.path), ['redis', '--state-dir', state.path]]) {
      const second = await runCli(args);
      assert.deepEqual([second.code, second.stdout], [1, '']);
      assert.match(second.stderr, /expected no agent in this state directory, found one that is running/);
    }
    assert.equal((await httpRequest(`${url}/v1/commands/?agent_token=678123`)).text, '{"commands": []}');
    agent.child.kill('SIGTERM');
    assert.equal(await agent.ended(), 0);
    assert.equal(agent.stdout.trim().split('\n').length, 1, agent.stdout);
    assert.deepEqual(processesOf(state.path), []);
  });

  it('leaves nothing when it is killed', async () => {
    using state = guardedStateDir();
    const agent = startCli(flags(state.path), { node: machineNode });
    await ready(agent);
    agent.child.kill('SIGKILL');
    await nothingRuns(state.path);
  });

  it('tells why it cannot start, and leaves nothing', async () => {
    using state = guardedStateDir();
    const { code, stdout, stderr } = await runCli([...flags(state.path), '--devices', '/dev/no-such-device']);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /no-such-device/);
    assert.deepEqual(processesOf(state.path), []);
  });
});

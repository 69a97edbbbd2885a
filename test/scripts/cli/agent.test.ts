import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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

function programOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
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

  it('has its state for itself when several start at the same moment: all others end and say why', async () => {
    using state = guardedStateDir();
    const agents = Array.from({ length: 3 }, () => startCli(flags(state.path)));
    const came = await Promise.allSettled(agents.map(ready));
    const first = came.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    assert.equal(first.length, 1, agents.map(({ stderr }) => stderr).join('\n'));
    for (const [index, agent] of agents.entries()) {
      if (came[index]?.status === 'fulfilled') continue;
      assert.equal(await agent.ended(), 1);
      assert.match(agent.stderr, /expected no agent in this state directory, found one that is running/);
    }
    assert.equal((await httpRequest(`${first[0]}/v1/commands/?agent_token=678123`)).text, '{"commands": []}');
    assert.equal(processesOf(state.path).filter((pid) => programOf(pid) === 'redis-server').length, 1);
    const alone = await runCli(['redis', '--state-dir', state.path]);
    assert.equal(alone.code, 1);
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

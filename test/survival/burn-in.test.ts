import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import type { AgentProcessName } from '../support/agent-processes.ts';
import { isRunning } from '../support/is-running.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { runningBelow } from '../support/running-programs.ts';
import { smallNode } from '../support/step-request.ts';
import { until } from '../support/until.ts';

const withinMs = 40_000;

describe('a burn-in that a conductor orders', () => {
  let disk: LoopDevice;
  let agent: RunningAgent;

  before(async () => {
    disk = await createLoopDevice({ sizeBytes: 64 * 1024 ** 2 });
    agent = await startAgent({ devices: [disk.path] });
  });
  after(async () => {
    await agent.stop();
    await disk[Symbol.asyncDispose]();
  });

  async function burn(step: string, driverInfo: object): Promise<string> {
    const node = { ...smallNode, driver_info: driverInfo };
    const params = { step: { step, interface: 'deploy' }, node, ports: [] };
    const { id } = await agent.accepted('clean.execute_clean_step', params);
    return id;
  }

  const programs = (name: string): Promise<readonly number[]> =>
    until(() => runningBelow(name), { withinMs, what: `${name} runs` });

  async function killed(worker: AgentProcessName, program: string): Promise<void> {
    const pids = await programs(program);
    await agent.replaced(worker, await agent.kill(worker));
    await until(() => !pids.some(isRunning), { withinMs: 5000, what: `${program} dies with its worker` });
    await programs(program);
  }

  async function cancelled(id: string, program: string): Promise<void> {
    const pids = await programs(program);
    await agent.request(`/v1/commands/${id}/cancel`, { method: 'POST' });
    const ended = await until(
      async () => {
        const command = await agent.command(id);
        return command.command_status !== 'RUNNING' && command;
      },
      { withinMs, what: 'the end of the step' },
    );
    assert.deepEqual([ended.command_status, ended.command_error?.type], ['FAILED', 'CommandCancelledError']);
    assert.deepEqual(pids.filter(isRunning), []);
  }

  it('of processors begins again when its worker dies, and nothing of it outlives worker or cancellation', async () => {
    const id = await burn('burnin_cpu', { agent_burnin_cpu_cpu: 1, agent_burnin_cpu_timeout: 600 });
    await until(async () => ((await agent.command(id)).progress?.done ?? 0) >= 2, { withinMs, what: 'two seconds' });
    await killed('worker-system', 'stress-ng-cpu');
    const { command_status: status, progress } = await agent.command(id);
    assert.deepEqual([status, progress?.total], ['RUNNING', 600]);
    await cancelled(id, 'stress-ng-cpu');
  });

  it('of disks goes on behind its last complete loop when its worker dies', async () => {
    const id = await burn('burnin_disk', { agent_burnin_fio_disk_loops: 1000 });
    const loop = async (): Promise<number> => {
      const { progress, command_error: error } = await agent.command(id);
      assert.equal(error, null);
      const { devices } = (progress ?? {}) as { devices?: Readonly<Record<string, { readonly phase: string }>> };
      return Number(/ (\d+)\/1000$/.exec(devices?.[disk.path]?.phase ?? '')?.[1] ?? 0);
    };
    const before = await until(async () => (await loop()) >= 2 && (await loop()), { withinMs, what: 'a second loop' });
    await killed('worker-storage', 'fio\x00--output');
    const behind = await until(async () => (await loop()) > before && (await loop()), {
      withinMs,
      what: 'a later loop',
    });
    assert.ok(behind > before);
    const log = await agent.request(`/v1/commands/${id}/log`);
    const firsts = log.text.match(/a pass over the disks is over loop=1 pass=write/g) ?? [];
    assert.equal(firsts.length, 1, 'the first loop was run once');
    await cancelled(id, 'fio\x00--output');
  });
});

import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { processesOf } from '../support/agent-processes.ts';
import { isRunning } from '../support/is-running.ts';
import { recordedSteps, stepRequest } from '../support/step-request.ts';
import { readStepRuns } from '../support/step-runs.ts';
import { until } from '../support/until.ts';
import { WatchedCommand } from '../support/watched-command.ts';

/** Running jobs have 5 s to end; then they are cut short. */
const stopsWithinMs = 16_000;
const longSeconds = 6;

/** Starts a step that lasts, and resolves when it has really begun. */
async function begin(agent: RunningAgent, step: string, seconds: number) {
  const file = path.join(agent.stateDir, `../record-${Math.random()}`);
  const { id } = await agent.accepted('clean.execute_clean_step', stepRequest(step, { file, seconds }));
  await until(() => readStepRuns(file).started.length > 0, { withinMs: 10_000, what: 'begin of the step' });
  return { id, file };
}

/** SIGTERM to a worker; resolves with the id of its successor. */
async function restartWorker(agent: RunningAgent): Promise<{ old: number; next: number }> {
  const old = agent.pid('worker-storage');
  process.kill(old, 'SIGTERM');
  await until(() => !isRunning(old), { withinMs: stopsWithinMs, what: 'end of the worker' });
  return { old, next: await agent.replaced('worker-storage', old) };
}

describe('a worker that is told to stop', () => {
  it('lets a short job end, whatever its class', async () => {
    await using agent = await startAgent({ hardwareManagerDir: recordedSteps });
    const { id, file } = await begin(agent, 'sleep_once', 1);
    const { old } = await restartWorker(agent);
    assert.equal((await agent.ended(id)).command_status, 'SUCCEEDED');
    assert.deepEqual(readStepRuns(file), { started: [old], ended: [old] });
  });

  it('hands a long job back, which goes on in the next worker and is RUNNING all the time', async () => {
    await using agent = await startAgent({ hardwareManagerDir: recordedSteps });
    const { id, file } = await begin(agent, 'sleep_repeatable', longSeconds);
    await using watched = new WatchedCommand(agent, id);
    const stoppedAt = performance.now();
    const { old, next } = await restartWorker(agent);
    await until(() => readStepRuns(file).started.length === 2, { withinMs: 5000, what: 'second run' });
    // Handed back, not found lost: at once when the next worker is there.
    assert.ok(performance.now() - stoppedAt < stopsWithinMs + 5000);
    assert.equal((await agent.ended(id)).command_status, 'SUCCEEDED');
    assert.deepEqual(readStepRuns(file), { started: [old, next], ended: [next] });
    assert.deepEqual(watched.states.slice(0, 1), ['RUNNING']);
    assert.ok(watched.states.every((state) => state === 'RUNNING' || state === 'SUCCEEDED'));
  });
});

describe('an agent', () => {
  it('ends on SIGTERM with all its processes, in the middle of a job, which goes on when it is started again', async () => {
    const agent = await startAgent({ hardwareManagerDir: recordedSteps });
    const { stateDir } = agent;
    const { id, file } = await begin(agent, 'sleep_repeatable', longSeconds);
    const started = performance.now();
    await agent.stop({ keepState: true });
    assert.ok(performance.now() - started < stopsWithinMs);
    assert.deepEqual(processesOf(stateDir), []);

    await using again = await startAgent({ stateDir, hardwareManagerDir: recordedSteps });
    assert.equal((await again.command(id)).command_status, 'RUNNING');
    assert.equal((await again.ended(id)).command_status, 'SUCCEEDED');
    const { started: starts, ended } = readStepRuns(file);
    assert.deepEqual([starts.length, ended.length], [2, 1]);
  });

  it('ends within two seconds when it has nothing to do', async () => {
    const agent = await startAgent();
    const started = performance.now();
    await agent.stop();
    assert.ok(performance.now() - started < 2000 + 3000, 'with slack for a busy machine');
  });

  it('leaves no process behind when its launcher is killed', async () => {
    await using agent = await startAgent({ hardwareManagerDir: recordedSteps });
    await begin(agent, 'sleep_repeatable', 60);
    process.kill(agent.launcherPid, 'SIGKILL');
    await until(() => processesOf(agent.stateDir).length === 0, {
      withinMs: stopsWithinMs,
      what: 'end of all processes',
    });
  });
});

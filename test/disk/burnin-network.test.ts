import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { JobCancelled } from '../../src/core/job-cancelled.ts';
import type { ProgressReport } from '../../src/core/progress.ts';
import { burninNetwork } from '../../src/steps/burnin-network.ts';
import { startBurnIn } from '../support/burn-in-step.ts';
import { isRunning } from '../support/is-running.ts';
import { runningBelow } from '../support/running-programs.ts';
import { createTwoNamespaces, type Side } from '../support/two-namespaces.ts';
import { until } from '../support/until.ts';

const execute = promisify(execFile);
const script = path.join(import.meta.dirname, '../support/burnin-network-child.ts');

interface Told {
  readonly reports: readonly ProgressReport[];
  readonly entries: readonly Readonly<Record<string, unknown>>[];
}

/** One side, in its namespace; it dies with this process. */
async function burn(side: Side, role: 'writer' | 'reader', partner: Side, signal?: AbortSignal): Promise<Told> {
  const driverInfo = {
    agent_burnin_fio_network_config: { role, partner: partner.address },
    agent_burnin_fio_network_runtime: 3,
  };
  const command = ['ip', 'netns', 'exec', side.name, process.execPath, script, JSON.stringify(driverInfo)];
  const { stdout } = await execute('setpriv', ['--pdeathsig', 'KILL', '--', ...command], {
    killSignal: 'SIGKILL',
    ...(signal ? { signal } : {}),
  });
  return JSON.parse(stdout) as Told;
}

test('two nodes send to each other, one after the other, and the reader waits until its partner is there', async () => {
  await using namespaces = await createTwoNamespaces();
  const [one, other] = namespaces.sides;
  const reader = burn(other, 'reader', one);
  await sleep(1500);
  const [written, read] = await Promise.all([burn(one, 'writer', other), reader]);

  const passes = ({ entries }: Told) =>
    entries.filter(({ message }) => message === 'a direction of the network burn-in is over');
  assert.deepEqual(
    passes(written).map(({ pass }) => pass),
    ['write', 'read'],
  );
  assert.deepEqual(
    passes(read).map(({ pass }) => pass),
    ['read', 'write'],
  );
  for (const { bytes, bytes_per_second: rate } of [...passes(written), ...passes(read)])
    assert.ok(Number(bytes) > 1e6 && Number(rate) > 1e6, `${bytes} bytes, ${rate} a second`);
  assert.ok(read.entries.some(({ message }) => message === 'the partner does not listen yet'));
  const phases = (told: Told) => [...new Set(told.reports.map(({ phase }) => phase))];
  assert.deepEqual(phases(read), [
    `wait for ${one.address} (read)`,
    `receiving from ${one.address}`,
    `wait for ${one.address} (write)`,
    `sending to ${one.address}`,
  ]);
});

test('a reader whose partner never comes waits, and ends when it is cancelled', async () => {
  const controller = new AbortController();
  const config = { role: 'reader', partner: '127.0.0.77' };
  const { context, result } = startBurnIn(burninNetwork, {
    driverInfo: { agent_burnin_fio_network_config: config },
    signal: controller.signal,
  });
  const rejected = assert.rejects(result, /cancelled|aborted/);
  const isWaiting = (): boolean => context.entries.some(({ message }) => message === 'the partner does not listen yet');
  await until(isWaiting, { withinMs: 20_000, what: 'it finds nobody' });
  controller.abort(new JobCancelled());
  await rejected;
  assert.equal(runningBelow('fio\x00--output'), null);
  assert.deepEqual(context.reports.at(-1), { phase: 'wait for 127.0.0.77 (read)', done: 0, total: null });
});

test('a writer waits for its partner, and leaves nothing running when it is cancelled', async () => {
  await using namespaces = await createTwoNamespaces();
  const [one, other] = namespaces.sides;
  const controller = new AbortController();
  const ended = burn(one, 'writer', other, controller.signal).catch((error: unknown) => error);
  const pids = await until(() => runningBelow('fio\x00--output'), { withinMs: 20_000, what: 'fio listens' });
  controller.abort();
  assert.ok((await ended) instanceof Error);
  await until(() => !pids.some(isRunning), { withinMs: 5000, what: 'fio dies with its worker' });
});

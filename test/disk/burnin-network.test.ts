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

/** Two nodes with a cable between them, and how they burn in; what still runs at the end is killed. */
async function withTwoNodes(play: (one: Side, other: Side, run: RunIn) => Promise<void>): Promise<void> {
  await using namespaces = await createTwoNamespaces();
  const ended = new AbortController();
  const runs: Promise<string>[] = [];
  const run: RunIn = (side, command) => {
    const options = { killSignal: 'SIGKILL', signal: ended.signal } as const;
    const call = ['--pdeathsig', 'KILL', '--', 'ip', 'netns', 'exec', side.name, ...command];
    const running = execute('setpriv', call, options).then(({ stdout }) => stdout);
    runs.push(running);
    return running;
  };
  try {
    await play(...namespaces.sides, run);
  } finally {
    ended.abort();
    await Promise.allSettled(runs);
  }
}

type RunIn = (side: Side, command: readonly string[]) => Promise<string>;

function burnCommand(role: 'writer' | 'reader', partner: Side): readonly string[] {
  const driverInfo = {
    agent_burnin_fio_network_config: { role, partner: partner.address },
    agent_burnin_fio_network_runtime: 3,
  };
  return [process.execPath, script, JSON.stringify(driverInfo)];
}

const told = (stdout: string): Told => JSON.parse(stdout);

const directionsIn = ({ entries }: Told) =>
  entries.filter(({ message }) => message === 'a direction of the network burn-in is over');

/** A partner that does only this. */
const fio = ['fio', '--name=partner', '--ioengine=net', '--fill_device=1', '--thread'];
const fioSends = [...fio, '--rw=write', '--runtime=4', '--time_based', '--listen'];

async function untilSockets(state: 'listening' | 'established', count: number, side: Side, run: RunIn): Promise<void> {
  const list = ['ss', '--tcp', '--no-header', 'state', state];
  const isSo = async (): Promise<boolean> => (await run(side, list)).split('\n').length - 1 === count;
  await until(isSo, { withinMs: 30_000, everyMs: 100, what: `${count} sockets that are ${state}` });
}

test('two nodes send to each other, one after the other, and the reader waits until its partner is there', () =>
  withTwoNodes(async (one, other, run) => {
    const reader = run(other, burnCommand('reader', one));
    await sleep(1500);
    const [written, read] = (await Promise.all([run(one, burnCommand('writer', other)), reader])).map(told);
    assert.ok(written && read);

    assert.deepEqual(
      directionsIn(written).map(({ pass }) => pass),
      ['write', 'read'],
    );
    assert.deepEqual(
      directionsIn(read).map(({ pass }) => pass),
      ['read', 'write'],
    );
    for (const { bytes, bytes_per_second: rate } of [...directionsIn(written), ...directionsIn(read)])
      assert.ok(Number(bytes) > 1e6 && Number(rate) > 1e6, `${bytes} bytes, ${rate} a second`);
    assert.ok(read.entries.some(({ message }) => message === 'the partner does not listen yet'));
    assert.deepEqual(
      [...new Set(read.reports.map(({ phase }) => phase))],
      [
        `wait for ${one.address} (read)`,
        `receiving from ${one.address}`,
        `wait for ${one.address} (write)`,
        `sending to ${one.address}`,
      ],
    );
  }));

test('a reader comes again to the port at which its partner does not listen yet, and receives from the others', () =>
  withTwoNodes(async (one, other, run) => {
    const reader = run(other, burnCommand('reader', one));
    const early = run(one, [...fioSends, '--port=9000', '--numjobs=15']);
    await untilSockets('established', 15, one, run);
    await Promise.all([early, run(one, [...fioSends, '--port=9015'])]);
    await untilSockets('listening', 16, other, run);
    await run(one, [...fio, '--rw=read', `--hostname=${other.address}`, '--port=9000', '--numjobs=16']);
    assert.deepEqual(
      directionsIn(told(await reader)).map(({ pass }) => pass),
      ['read', 'write'],
    );
  }));

test('a port at which the partner never listens is a failure once the other connections are over', () =>
  withTwoNodes(async (one, other, run) => {
    const refused = assert.rejects(
      run(other, burnCommand('reader', one)),
      /reader-9015: connection refused \(ECONNREFUSED\)/,
    );
    await run(one, [...fioSends, '--port=9000', '--numjobs=15']);
    await refused;
  }));

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

test('a writer waits for its partner, and leaves nothing running when its worker is killed', async () => {
  let pids: readonly number[] = [];
  await withTwoNodes(async (one, other, run) => {
    run(one, burnCommand('writer', other)).catch(() => undefined);
    pids = await until(() => runningBelow('fio\x00--output'), { withinMs: 20_000, what: 'fio listens' });
  });
  assert.ok(pids.length > 0);
  await until(() => !pids.some(isRunning), { withinMs: 5000, what: 'fio dies with its worker' });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CommandRecord } from '../../src/core/command-records.ts';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { busyDisks } from '../support/busy-disks.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';

const mebibyte = 1024 * 1024;

/** The highest that its resident memory ever was, in bytes. proc_pid_status(5) */
function peakBytes(pid: number): number {
  const [, kibibytes = ''] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}

describe('log.collect_system_logs of a whole agent', () => {
  let agent: RunningAgent;
  let disks: readonly LoopDevice[];
  before(async () => {
    const sizeBytes = 64 * mebibyte;
    disks = [await createLoopDevice({ sizeBytes }), await createLoopDevice({ sizeBytes })];
    agent = await startAgent({ devices: disks.map((disk) => disk.path) });
  });
  after(async () => {
    await agent.stop();
    for (const disk of disks) await disk[Symbol.asyncDispose]();
  });

  it('comes in time while disks are busy and the storage worker does not answer, with the commands of this boot', async () => {
    const params = { step: { step: 'erase_devices_metadata', interface: 'deploy' }, node: { uuid: 'n' }, ports: [] };
    const erased = await agent.accepted('clean.execute_clean_step', params);
    await agent.ended(erased.id);
    using _busy = busyDisks(disks.map((disk) => disk.path));
    const storage = agent.pid('worker-storage');
    process.kill(storage, 'SIGSTOP');
    try {
      const started = performance.now();
      const { command_status: status, command_result: result } = await agent.accepted(
        'log.collect_system_logs',
        {},
        { wait: true },
      );
      assert.equal(status, 'SUCCEEDED');
      assert.ok(performance.now() - started < 60_000);
      const input = Buffer.from((result as { system_logs: string }).system_logs, 'base64');
      const tar = (...args: string[]): string => execFileSync('tar', args, { input, encoding: 'utf8', maxBuffer: 1e9 });
      const names = tar('--list', '--gzip', '--file', '-').split('\n');
      for (const name of ['lsblk', 'ps', 'commands.json', `commands/001-erase_devices_metadata-${erased.id}.log`]) {
        assert.ok(names.includes(name), `${name} in ${names}`);
      }
      const records: unknown = JSON.parse(tar('--extract', '--gzip', '--file', '-', '--to-stdout', 'commands.json'));
      const [first] = records as readonly CommandRecord[];
      assert.deepEqual([first?.id, first?.status, first?.error], [erased.id, 'SUCCEEDED', null]);
      assert.ok(Date.parse(first?.began_at ?? '') <= Date.parse(first?.ended_at ?? ''));
    } finally {
      process.kill(storage, 'SIGCONT');
    }
  });

  it('is not in the list, and is there again for who asks for it, also when it is as large as it may be', async () => {
    const done = await agent.accepted('log.collect_system_logs', {}, { wait: true });
    const listed = (await agent.list()).find(({ id }) => id === done.id);
    assert.deepEqual(listed, { ...done, command_result: null });
    assert.deepEqual(await agent.command(done.id), done);

    // In the place of an archive of this machine, which is small.
    const large = JSON.stringify({ system_logs: 'QUJD'.repeat(16 * mebibyte) });
    writeFileSync(path.join(agent.stateDir, 'results', `${done.id}.json`), large);
    const before = peakBytes(agent.pid('api'));
    const { text } = await agent.request(`/v1/commands/${done.id}`);
    assert.ok(text.endsWith(`"command_result":${large}}`));
    const grown = peakBytes(agent.pid('api')) - before;
    assert.ok(grown < 64 * mebibyte, `${grown}`);
  });
});

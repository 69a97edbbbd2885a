import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { AgentQueue } from '../support/agent-queue.ts';
import { gptImage } from '../support/gpt-image.ts';
import { createImageServer, type ImageServer } from '../support/image-server.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { recordedSteps, smallNode, stepRequest } from '../support/step-request.ts';
import { WatchedCommand } from '../support/watched-command.ts';
import { sha256 } from '../support/written-disk.ts';

const sizeBytes = 24 << 20;

let disk: LoopDevice;
let server: ImageServer;
let agent: RunningAgent;

before(async () => {
  disk = await createLoopDevice({ sizeBytes });
  server = await createImageServer();
  agent = await startAgent({ hardwareManagerDir: recordedSteps, devices: [disk.path] });
});

after(() => disk[Symbol.asyncDispose]());
after(() => server[Symbol.asyncDispose]());
after(() => agent.stop());

async function logOf(id: string): Promise<readonly string[]> {
  const { status, json } = await agent.request(`/v1/commands/${id}/log`);
  assert.equal(status, 200);
  return (json as { log: string[] }).log;
}

describe('the log of a job', () => {
  it('tells of every program its arguments, exit code, time and the end of its standard error', async () => {
    const args = { program: 'lsblk', args: ['--version'] };
    const { id } = await agent.accepted('clean.execute_clean_step', stepRequest('run_tool', args), { wait: true });
    const line = (await logOf(id)).find((one) => one.includes('program=lsblk')) ?? '';
    const fields = 'program=lsblk args=\\["--version"\\] exit_code=0 milliseconds=\\d+ stderr_tail=""';
    assert.match(line, new RegExp(`^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z info tool ${fields}$`));
  });

  it('tells of a program that failed', async () => {
    const args = { program: 'lsblk', args: ['/dev/no-such-device'] };
    const { id } = await agent.accepted('clean.execute_clean_step', stepRequest('run_tool', args), { wait: true });
    const line = (await logOf(id)).find((one) => one.includes('program=lsblk')) ?? '';
    assert.match(line, / warn tool program=lsblk .*exit_code=\d+ .*stderr_tail="lsblk: \/dev\/no-such-device: .*"/);
    assert.ok(!line.includes('exit_code=0 '));
  });

  it('is kept when the worker and the api have been replaced', async () => {
    const [first] = await agent.list();
    const before = await logOf(first?.id ?? '');
    await agent.replaced('worker-system', await agent.kill('worker-system'));
    await agent.replaced('redis', await agent.kill('redis'));
    await agent.ended((await agent.list()).at(-1)?.id ?? '');
    const again = async (): Promise<readonly string[]> => await logOf(first?.id ?? '').catch(() => again());
    assert.deepEqual(await again(), before);
    assert.ok(before.length > 0);
  });

  it('of nobody is not found, and needs the token', async () => {
    const [first] = await agent.list();
    assert.equal((await agent.request('/v1/commands/nobody/log')).status, 404);
    assert.equal((await agent.request(`/v1/commands/${first?.id}/log`, { token: null })).status, 401);
  });
});

describe('the progress of an image write', () => {
  it('never goes back, is told at most once a second, and ends with everything', async () => {
    const image = gptImage({ sizeBytes });
    const url = server.serve('/disk.raw', image, { bytesPerSecond: sizeBytes / 4 });
    const imageInfo = { id: 'disk.raw', urls: [url], checksum: sha256(image), disk_format: 'raw' };
    const { id } = await agent.accepted('deploy.execute_deploy_step', {
      step: { step: 'write_image', interface: 'deploy', args: { image_info: imageInfo } },
      node: { ...smallNode, properties: { root_device: { name: disk.path } } },
      ports: [],
    });
    await using watched = new WatchedCommand(agent, id);
    assert.equal((await agent.ended(id)).command_status, 'SUCCEEDED');

    await using queue = new AgentQueue(agent);
    const events = await queue.redis.xrange(`${queue.keys.queues}:image:events`, '-', '+');
    const told = events.flatMap(([eventId, fields]) => {
      const event = Object.fromEntries(pairs(fields));
      if (event['jobId'] !== id || event['event'] !== 'progress') return [];
      return [{ at: Number.parseInt(eventId, 10), ...(JSON.parse(event['data'] ?? '') as Progress) }];
    });
    const writes = told.filter(({ phase }) => phase === 'write');
    assert.ok(writes.length >= 3, JSON.stringify(told));
    for (const [index, { at, done, total, unit }] of writes.entries()) {
      assert.deepEqual([total, unit], [sizeBytes, 'bytes']);
      const earlier = writes[index - 1];
      if (!earlier) continue;
      assert.ok(done >= earlier.done, `${earlier.done} then ${done}`);
      // Where the job ended is told at once.
      const isLast = index === writes.length - 1;
      assert.ok(isLast || at - earlier.at >= 900, `${at - earlier.at} ms apart`);
    }
    assert.equal(writes.at(-1)?.done, sizeBytes);
    const seen = watched.progress.filter(({ phase }) => phase === 'write').map(({ done }) => done);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    assert.ok(seen.length >= 2, 'seen on the list while it runs');
    const shown = watched.progress as Progress[];
    const last = shown.at(-1);
    assert.ok((last?.rate ?? 0) > 0 && last?.eta !== undefined, JSON.stringify(last));
    // What has come and what is on the disk are told apart, and neither is more than there is.
    const midway = shown.find(({ phase, done }) => phase === 'write' && done > 0 && done < sizeBytes);
    assert.ok((midway?.source_bytes ?? 0) >= (midway?.done ?? Number.NaN), JSON.stringify(midway));
    assert.ok((midway?.device_bytes ?? 0) > 0 && (midway?.eta ?? 0) > 0, JSON.stringify(midway));
    // The list need not show the end: a job that has ended shows its result there.
    const end = writes.at(-1);
    assert.deepEqual([end?.source_bytes, end?.device_bytes], [sizeBytes, sizeBytes], JSON.stringify(end));
  });

  it('of a step of a drop-in manager is told as well', async () => {
    const file = path.join(agent.stateDir, '../record');
    const params = stepRequest('sleep_repeatable', { file, seconds: 1.5 });
    const { id } = await agent.accepted('clean.execute_clean_step', params);
    await using watched = new WatchedCommand(agent, id);
    await agent.ended(id);
    assert.ok(watched.progress.length >= 1 && watched.progress.length <= 3, JSON.stringify(watched.progress));
  });
});

interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total: number | null;
  readonly unit: string;
  readonly rate: number;
  readonly eta: number | null;
  readonly source_bytes?: number;
  readonly device_bytes?: number;
}

/** `[name, value, name, value]` in pairs. */
function pairs(fields: readonly string[]): readonly (readonly [string, string])[] {
  return fields.flatMap((name, index) => (index % 2 === 0 ? [[name, fields[index + 1] ?? ''] as const] : []));
}

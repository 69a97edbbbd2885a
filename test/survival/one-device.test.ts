import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import type { JobOutcome } from '../../src/queue/command-queues.ts';
import { startAgent } from '../support/agent.ts';
import { AgentQueue } from '../support/agent-queue.ts';
import { gptImage } from '../support/gpt-image.ts';
import { createImageServer, type ImageServer } from '../support/image-server.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { smallNode } from '../support/step-request.ts';
import { until } from '../support/until.ts';
import { bytesOf, sha256 } from '../support/written-disk.ts';

const sizeBytes = 16 << 20;

interface Image {
  readonly bytes: Buffer;
  readonly url: string;
}

/** An image that takes four seconds to be sent: long enough for others to try the same disk, on a busy machine too. */
function serveImage(server: ImageServer, name: string): Image {
  const bytes = gptImage({ sizeBytes });
  return { bytes, url: server.serve(`/${name}`, bytes, { bytesPerSecond: sizeBytes / 4 }) };
}

/** Parameters of `execute_deploy_step` that write an image to a disk. */
function writeRequest(disk: LoopDevice, { bytes, url }: Image): Readonly<Record<string, unknown>> {
  const imageInfo = { id: 'disk.raw', urls: [url], checksum: sha256(bytes), disk_format: 'raw' };
  return {
    step: { step: 'write_image', interface: 'deploy', args: { image_info: imageInfo } },
    node: { ...smallNode, properties: { root_device: { name: disk.path } } },
    ports: [],
  };
}

describe('a device', () => {
  it('is written by one of two agents that are told to at the same time', async () => {
    await using disk = await createLoopDevice({ sizeBytes });
    await using server = await createImageServer();
    await using first = await startAgent({ devices: [disk.path] });
    await using second = await startAgent({ devices: [disk.path] });
    const image = serveImage(server, 'first.raw');

    const { id } = await first.accepted('deploy.execute_deploy_step', writeRequest(disk, image));
    await until(async () => (await first.command(id)).progress, { withinMs: 10_000, what: 'a write that has begun' });
    const other = serveImage(server, 'second.raw');
    const refused = await second.accepted('deploy.execute_deploy_step', writeRequest(disk, other), { wait: true });
    assert.equal(refused.command_status, 'FAILED');
    assert.match(refused.command_error?.details ?? '', new RegExp(`${disk.path}.* in use`));

    assert.equal((await first.command(id)).command_status, 'RUNNING');
    assert.equal((await first.ended(id)).command_status, 'SUCCEEDED');
    assert.equal(sha256(bytesOf(disk)), sha256(image.bytes));
  });

  it('is written by one of several jobs that are in the queue of one agent at the same time', async () => {
    await using disk = await createLoopDevice({ sizeBytes });
    await using server = await createImageServer();
    await using agent = await startAgent({ devices: [disk.path] });
    await using queue = new AgentQueue(agent);

    const jobs = ['a.raw', 'b.raw', 'c.raw'].map((name) => ({ id: randomUUID(), image: serveImage(server, name) }));
    for (const { id, image } of jobs) {
      const params = writeRequest(disk, image);
      const data = { command: 'deploy.execute_deploy_step', params, acceptedAt: new Date().toISOString() };
      await queue.queues.add('image', id, queue.signer.sign('image', id, data));
    }
    const settled = async (id: string): Promise<JobOutcome> => {
      const look = async (): Promise<JobOutcome | null> => {
        const outcome = await queue.queues.outcome('image', id);
        return outcome?.kind === 'running' ? null : outcome;
      };
      return await until(look, { withinMs: 30_000, what: `end of job ${id}` });
    };
    const outcomes = await Promise.all(jobs.map(({ id }) => settled(id)));
    const written = jobs.filter((_, index) => outcomes[index]?.kind === 'succeeded');
    assert.equal(written.length, 1, JSON.stringify(outcomes));
    assert.equal(sha256(bytesOf(disk)), sha256(written[0]?.image.bytes ?? Buffer.alloc(0)));
    for (const outcome of outcomes) {
      if (outcome.kind === 'failed') assert.match(outcome.error.details, new RegExp(`${disk.path}.* in use`));
    }
  });

  it('is not touched by an agent that was not given it', async () => {
    await using disk = await createLoopDevice({ sizeBytes });
    await using other = await createLoopDevice({ sizeBytes });
    await using server = await createImageServer();
    await using agent = await startAgent({ devices: [other.path] });
    const params = writeRequest(disk, serveImage(server, 'image.raw'));
    const { command_status: status } = await agent.accepted('deploy.execute_deploy_step', params, { wait: true });
    assert.equal(status, 'FAILED');
    for (const { backingFile } of [disk, other]) {
      assert.ok(bytesOf({ ...disk, backingFile }).every((byte) => byte === 0));
    }
  });
});

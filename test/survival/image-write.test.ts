import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { makeImage } from '../support/converted-image.ts';
import { gptImage } from '../support/gpt-image.ts';
import { createImageServer } from '../support/image-server.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { smallNode } from '../support/step-request.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';
import { WatchedCommand } from '../support/watched-command.ts';
import { bytesOf, sha256 } from '../support/written-disk.ts';

const mebibyte = 1 << 20;
const lostWithinMs = 15_000;
const checkpointMib = 8;
const sizeBytes = 104 * mebibyte;
const bytesPerSecond = 16 * mebibyte;
/** Less than two checkpoints, so that no write ends before all kills are done. */
const killWithinMs = 800;
/** What a kill may make the server send again: one checkpoint's distance, and the blocks in flight. */
const againBytes = (checkpointMib + 12) * mebibyte;
const options = [...['--image-checkpoint-size', `${checkpointMib}`], ...['--permitted-image-formats', 'raw,qcow2']];

/** Parameters of `execute_deploy_step` that write an image to a disk. */
function writeRequest(disk: LoopDevice, image: Uint8Array, url: string, diskFormat = 'raw'): object {
  const imageInfo = { id: 'disk.img', urls: [url], checksum: sha256(image), disk_format: diskFormat };
  return {
    step: { step: 'write_image', interface: 'deploy', args: { image_info: imageInfo, configdrive: null } },
    node: { ...smallNode, properties: { root_device: { name: disk.path } } },
    ports: [],
  };
}

/** How often the log has this message. */
const logged = (agent: RunningAgent, message: string): number => agent.log.split(`"${message}"`).length - 1;

for (const [format, kills] of [
  ['raw', 10],
  ['qcow2', 5],
] as const) {
  describe(`a write of a ${format} image whose worker is killed ${kills} times`, () => {
    it('goes on from its checkpoint each time, is RUNNING all the time, and leaves the disk right', async (t) => {
      const reference = gptImage({ sizeBytes });
      const image = format === 'raw' ? reference : qcow2Of(reference);
      await using disk = await createLoopDevice({ sizeBytes });
      await using server = await createImageServer();
      const url = server.serve('/disk.img', image, { bytesPerSecond, etag: '"1"' });
      await using agent = await startAgent({ devices: [disk.path], args: options });

      const { id } = await agent.accepted('deploy.execute_deploy_step', writeRequest(disk, image, url, format));
      await using watched = new WatchedCommand(agent, id);
      const runs = (number: number) =>
        until(() => logged(agent, 'writing image') >= number, { withinMs: lostWithinMs, what: `run ${number}` });

      const checkpoint = path.join(agent.stateDir, `checkpoints/${id}.json`);
      await runs(1);
      const seconds: number[] = [];
      for (let kill = 1; kill <= kills; kill++) {
        // The first one when there is a checkpoint for certain.
        if (kill === 1) await until(() => existsSync(checkpoint), { withinMs: 10_000, what: 'a checkpoint' });
        await sleep(Math.random() * killWithinMs);
        assert.equal((await agent.command(id)).command_status, 'RUNNING');
        await agent.kill('worker-storage');
        const killedAt = performance.now();
        await runs(kill + 1);
        seconds.push((performance.now() - killedAt) / 1000);
      }
      t.diagnostic(`runs again after ${seconds.map((value) => value.toFixed(1)).join(', ')} s; required 15 s`);

      const ended = await agent.ended(id, 60_000);
      assert.equal(ended.command_status, 'SUCCEEDED', ended.command_error?.details);
      assert.equal(sha256(bytesOf(disk)), sha256(reference));
      assert.ok(logged(agent, 'going on from the checkpoint') > 0);
      assert.ok(!existsSync(checkpoint));
      assert.equal(logged(agent, 'starting over from the first byte'), 0);
      const most = image.length + kills * againBytes;
      t.diagnostic(`${server.sentBytes} bytes were served for ${image.length}, at most ${most} are allowed`);
      assert.ok(server.sentBytes <= most, `${server.sentBytes}`);
      await watched[Symbol.asyncDispose]();
      assert.deepEqual(watched.states.toSpliced(1), ['RUNNING']);
      assert.ok(watched.states.length <= 2 && watched.looks > 100, `${watched.states}: ${watched.looks}`);
    });
  });
}

function qcow2Of(disk: Uint8Array): Buffer {
  using dir = temporaryDirectory();
  return makeImage(dir.path, disk, { driver: 'qcow2' });
}

describe('an image write during which redis and the api are killed', () => {
  it('goes on undisturbed: the image is fetched once, the disk is right', async () => {
    const image = gptImage({ sizeBytes: 48 * mebibyte });
    await using disk = await createLoopDevice({ sizeBytes: image.length });
    await using server = await createImageServer();
    const url = server.serve('/disk.raw', image, { bytesPerSecond: image.length / 4 });
    await using agent = await startAgent({ devices: [disk.path] });
    const { id } = await agent.accepted('deploy.execute_deploy_step', writeRequest(disk, image, url));
    await until(() => server.seen.length === 1, { withinMs: 10_000, what: 'the request for the image' });
    await using watched = new WatchedCommand(agent, id);
    await sleep(500);
    await agent.replaced('redis', await agent.kill('redis'));
    await sleep(500);
    await agent.replaced('api', await agent.kill('api'));
    const ended = await agent.ended(id);
    assert.equal(ended.command_status, 'SUCCEEDED', ended.command_error?.details);
    assert.equal(server.seen.length, 1);
    assert.equal(sha256(bytesOf(disk)), sha256(image));
    assert.ok(watched.states.every((state) => state === 'RUNNING' || state === 'SUCCEEDED'));
  });
});

describe('an image write during which the web server is killed and comes back after three seconds', () => {
  it('goes on by Range in the same process, and fetches again only what was on its way', async () => {
    const image = gptImage({ sizeBytes: 48 * mebibyte });
    await using disk = await createLoopDevice({ sizeBytes: image.length });
    await using server = await createImageServer();
    const url = server.serve('/disk.raw', image, { bytesPerSecond: image.length / 4, etag: '"1"' });
    await using agent = await startAgent({ devices: [disk.path], args: options });
    const { id } = await agent.accepted('deploy.execute_deploy_step', writeRequest(disk, image, url));
    await using watched = new WatchedCommand(agent, id);
    await until(() => server.sentBytes > 12 * mebibyte, { withinMs: 20_000, what: '12 MiB' });
    const worker = agent.pid('worker-storage');
    await server.away();
    await sleep(3000);
    await server.back();
    const ended = await agent.ended(id, 60_000);
    assert.equal(ended.command_status, 'SUCCEEDED', ended.command_error?.details);
    assert.equal(sha256(bytesOf(disk)), sha256(image));
    assert.equal(agent.pid('worker-storage'), worker);
    assert.equal(logged(agent, 'writing image'), 1);
    assert.equal(server.seen.length, 2);
    assert.match(server.seen[1]?.headers.range ?? '', /^bytes=[1-9]\d*-$/);
    assert.equal(server.seen[1]?.headers['if-range'], '"1"');
    assert.ok(server.sentBytes <= image.length + 8 * mebibyte, `${server.sentBytes}`);
    assert.ok(watched.states.every((state) => state === 'RUNNING' || state === 'SUCCEEDED'));
  });
});

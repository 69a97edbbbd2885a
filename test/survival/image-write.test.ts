import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAgent } from '../support/agent.ts';
import { gptImage } from '../support/gpt-image.ts';
import { createImageServer } from '../support/image-server.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { smallNode } from '../support/step-request.ts';
import { until } from '../support/until.ts';
import { WatchedCommand } from '../support/watched-command.ts';
import { bytesOf, sha256 } from '../support/written-disk.ts';

const mebibyte = 1 << 20;
const kills = 10;
const lostWithinMs = 15_000;
/** How long the server takes to send the image. */
const writeMs = 1500;
/** The part of it in which the worker is killed: after it the write may have ended before the kill. */
const killableMs = writeMs * 0.8;

/** Parameters of `execute_deploy_step` that write an image to a disk. */
function writeRequest(disk: LoopDevice, image: Buffer, url: string): object {
  const imageInfo = { id: 'disk.raw', urls: [url], checksum: sha256(image), disk_format: 'raw' };
  return {
    step: { step: 'write_image', interface: 'deploy', args: { image_info: imageInfo, configdrive: null } },
    node: { ...smallNode, properties: { root_device: { name: disk.path } } },
    ports: [],
  };
}

describe('an image write whose worker is killed ten times', () => {
  it('runs again each time, is RUNNING all the time, and leaves the disk right', async (t) => {
    const image = gptImage({ sizeBytes: 48 * mebibyte });
    await using disk = await createLoopDevice({ sizeBytes: image.length });
    await using server = await createImageServer();
    const bytesPerSecond = image.length / (writeMs / 1000);
    const url = server.serve('/disk.raw', image, { bytesPerSecond });
    await using agent = await startAgent({ devices: [disk.path] });

    const { id } = await agent.accepted('deploy.execute_deploy_step', writeRequest(disk, image, url));
    await using watched = new WatchedCommand(agent, id);
    const requests = (number: number) =>
      until(() => server.seen.length >= number, { withinMs: lostWithinMs, what: `request ${number} for the image` });

    await requests(1);
    const seconds: number[] = [];
    for (let kill = 1; kill <= kills; kill++) {
      // Spread over the write, at random within its tenth.
      await sleep(((kill - 1 + Math.random()) / kills) * killableMs);
      assert.equal((await agent.command(id)).command_status, 'RUNNING');
      await agent.kill('worker-storage');
      const killedAt = performance.now();
      await requests(kill + 1);
      seconds.push((performance.now() - killedAt) / 1000);
    }
    t.diagnostic(`runs again after ${seconds.map((value) => value.toFixed(1)).join(', ')} s; required 15 s`);

    const ended = await agent.ended(id, 60_000);
    assert.equal(ended.command_status, 'SUCCEEDED', ended.command_error?.details);
    assert.equal(server.seen.length, kills + 1);
    assert.equal(sha256(bytesOf(disk)), sha256(image));
    await watched[Symbol.asyncDispose]();
    assert.deepEqual(watched.states.toSpliced(1), ['RUNNING']);
    assert.ok(watched.states.length <= 2 && watched.looks > 100, `${watched.states}: ${watched.looks}`);
  });
});

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

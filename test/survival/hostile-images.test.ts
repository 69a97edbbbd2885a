import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { gptImage } from '../support/gpt-image.ts';
import { createImageServer, type ImageServer } from '../support/image-server.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { changedCases } from '../support/qcow2/hostile-cases.ts';
import { streamCases, truncatedCases } from '../support/qcow2/hostile-streams.ts';
import { smallNode } from '../support/step-request.ts';
import { bytesOf, cannotBoot, sha256 } from '../support/written-disk.ts';

const mebibyte = 1 << 20;
const sizeBytes = 32 * mebibyte;
/** One in so many of the hostile qcow2 images; the decoder is shown all of them elsewhere. */
const stride = 6;

interface Hostile {
  readonly name: string;
  readonly image: Uint8Array;
  readonly diskFormat: string;
}

const qcow2s: readonly Hostile[] = [...changedCases(), ...truncatedCases(), ...streamCases()]
  .filter(({ refusal }) => refusal !== null)
  .filter((_, index) => index % stride === 0)
  .map(({ name, image }) => ({ name: `qcow2: ${name}`, image, diskFormat: 'qcow2' }));

const others: readonly Hostile[] = [
  { name: 'a gzip bomb', image: gzipSync(Buffer.alloc(512 * mebibyte), { level: 1 }), diskFormat: 'raw' },
  {
    name: 'a gzip that is cut',
    image: gzipSync(randomBytes(4 * mebibyte)).subarray(0, 2 * mebibyte),
    diskFormat: 'raw',
  },
  {
    name: 'a zstd with rubbish behind it',
    image: Buffer.concat([zstdCompressSync(randomBytes(mebibyte)), randomBytes(999)]),
    diskFormat: 'raw',
  },
  { name: 'rubbish', image: randomBytes(3 * mebibyte), diskFormat: 'raw' },
  { name: 'a raw image that is said to be qcow2', image: gptImage({ sizeBytes: 8 * mebibyte }), diskFormat: 'qcow2' },
  {
    name: 'a GPT that is a qcow2 as well',
    image: Buffer.concat([
      Buffer.from('QFI\xfb\0\0\0\x03', 'latin1'),
      gptImage({ sizeBytes: 8 * mebibyte }).subarray(8),
    ]),
    diskFormat: 'raw',
  },
];

describe('an agent that is told to write one hostile image after the other', () => {
  let disk: LoopDevice;
  let server: ImageServer;
  let agent: RunningAgent;

  before(async () => {
    disk = await createLoopDevice({ sizeBytes });
    server = await createImageServer();
    agent = await startAgent({ devices: [disk.path], args: ['--permitted-image-formats', 'raw,qcow2'] });
  });
  after(() => disk[Symbol.asyncDispose]());
  after(() => server[Symbol.asyncDispose]());
  after(() => agent.stop());

  async function deploy({ image, diskFormat }: Omit<Hostile, 'name'>) {
    const url = server.serve('/image', image);
    const imageInfo = { id: 'image', urls: [url], checksum: sha256(image), disk_format: diskFormat };
    const { id } = await agent.accepted('deploy.execute_deploy_step', {
      step: { step: 'write_image', interface: 'deploy', args: { image_info: imageInfo, configdrive: null } },
      node: { ...smallNode, properties: { root_device: { name: disk.path } } },
      ports: [],
    });
    return await agent.ended(id);
  }

  it('refuses each with a clear error, and the same worker then writes a good one', async (t) => {
    const worker = agent.pid('worker-storage');
    const hostile = [...qcow2s, ...others];
    for (const one of hostile) {
      const { command_status: status, command_error: error } = await deploy(one);
      assert.equal(status, 'FAILED', one.name);
      assert.match(error?.type ?? '', /^(InvalidImage|ImageWriteError)$/, `${one.name}: ${error?.details}`);
      assert.ok(cannotBoot(disk), `${one.name}: the disk may boot`);
      assert.equal(agent.pid('worker-storage'), worker, `${one.name}: the worker died`);
    }
    t.diagnostic(`${hostile.length} hostile images`);

    const good = gptImage({ sizeBytes });
    const { command_status: status, command_error: error } = await deploy({ image: good, diskFormat: 'raw' });
    assert.equal(status, 'SUCCEEDED', error?.details);
    assert.ok(bytesOf(disk).equals(good));
    assert.equal(agent.pid('worker-storage'), worker);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepareImage } from '../../src/commands/standby/prepare-image.ts';
import { DeviceNotFoundError, ProtectedDeviceError } from '../../src/errors/catalogue.ts';
import type { DeployResult } from '../../src/image/deploy-image.ts';
import { writeImageStep } from '../../src/steps/write-image.ts';
import { mbrImage } from '../support/gpt-image.ts';
import { createImageServer } from '../support/image-server.ts';
import { createJobContext } from '../support/job-context.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { bytesOf, sha256 } from '../support/written-disk.ts';

const sizeBytes = 12 << 20;
const image = mbrImage({ sizeBytes }, 0x00c0ffee);
const nodeFor = (path: string) => ({
  uuid: 'c87cc009-649a-4de9-8593-f982e6cc018a',
  properties: { root_device: { name: path } },
});
const infoFor = (url: string) => ({ id: 'disk.raw', urls: [url], checksum: sha256(image), disk_format: 'raw' });

test('the step writes to the root device, records what the conductor asks for, and answers as the contract says', async () => {
  await using server = await createImageServer();
  await using other = await createLoopDevice({ sizeBytes });
  await using disk = await createLoopDevice({ sizeBytes });
  const context = createJobContext({ devices: [other.path, disk.path] });
  const { value: args } = writeImageStep.args.validate({ image_info: infoFor(server.serve('/x', image)) });
  const result = (await writeImageStep.run(args, { ...context, node: nodeFor(disk.path), ports: [] })) as DeployResult;
  assert.equal(result.result, `prepare_image: image (disk.raw) written to device ${disk.path} root_uuid=0x00c0ffee`);
  assert.equal(result.root_device.device, disk.path);
  const { format, size_bytes, digest, read_back } = result.image;
  assert.deepEqual([format, size_bytes, digest, read_back], ['raw', image.length, sha256(image), null]);
  const reasonsOf = (path: string) => result.root_device.considered.find(({ device }) => device === path)?.reasons;
  assert.deepEqual(reasonsOf(other.path), [`name "${other.path}" does not match "${disk.path}"`]);
  assert.deepEqual(reasonsOf(disk.path), [
    `name "${disk.path}" matches "${disk.path}"`,
    'it is the first disk that matches all hints',
  ]);
  const chosen = context.entries.find(({ message }) => message === 'root device chosen');
  assert.deepEqual([chosen?.['device'], chosen?.['judged']], [disk.path, result.root_device.considered]);
  assert.equal(sha256(bytesOf(disk)), sha256(image));
  assert.ok(bytesOf(other).every((byte) => byte === 0));
  assert.deepEqual(context.facts.partitionUuids, { 'root uuid': '0x00c0ffee' });
  assert.deepEqual(context.facts.writtenImage, { id: 'disk.raw', device: disk.path });
});

test('the command does the same for the node that is known', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  const context = createJobContext({ devices: [disk.path] });
  const { value: params } = prepareImage.params.validate({ image_info: infoFor(server.serve('/x', image)) });
  await assert.rejects(prepareImage.run(params, context), DeviceNotFoundError);
  await context.state.write('node', nodeFor(disk.path));
  const result = await prepareImage.run(params, context);
  assert.match(
    JSON.stringify(result),
    /prepare_image: image \(disk.raw\) written to device \/dev\/loop\d+ root_uuid=0x00c0ffee/,
  );
  assert.equal(sha256(bytesOf(disk)), sha256(image));
});

test('a disk that the guard protects is not written, and nothing is fetched', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes, readOnly: true });
  const context = createJobContext({ devices: [disk.path] });
  const { value: args } = writeImageStep.args.validate({ image_info: infoFor(server.serve('/x', image)) });
  const written = writeImageStep.run(args, { ...context, node: nodeFor(disk.path), ports: [] });
  await assert.rejects(written, ProtectedDeviceError);
  assert.equal(server.seen.length, 0);
});

test('the log tells what was done without the secrets of the request', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  const context = createJobContext({ devices: [disk.path] });
  const authorization = `Basic ${Buffer.from('me:s3cret').toString('base64')}`;
  const url = `${server.serve('/x', image, { authorization })}?signature=s1gned`;
  const credentials = {
    image_server_auth_strategy: 'http_basic',
    image_server_user: 'me',
    image_server_password: 's3cret',
  };
  const { value: args } = writeImageStep.args.validate({ image_info: { ...infoFor(url), ...credentials } });
  await writeImageStep.run(args, { ...context, node: nodeFor(disk.path), ports: [] });
  const messages = context.entries.map(({ message }) => message);
  for (const message of ['writing image', 'image server answered', 'wiping old metadata', 'image written']) {
    assert.ok(messages.includes(message), message);
  }
  const log = JSON.stringify(context.entries);
  for (const secret of ['s3cret', 's1gned', authorization]) assert.equal(log.includes(secret), false);
});

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { AgentError } from '../../src/errors/agent-error.ts';
import { gptImage, mbrImage } from '../support/gpt-image.ts';
import { createImageServer, type ImageServer, refusedAddress } from '../support/image-server.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { bytesOf, cannotBoot, sha256, startWrite, write } from '../support/written-disk.ts';

const MiB = 1024 * 1024;
const sizeBytes = 32 * MiB;
const image = gptImage({ sizeBytes });
const checksum = sha256(image);

const wireError = (type: string, details: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AgentError, String(error));
  assert.equal(error.kind.type, type);
  assert.match(error.details, details);
  return true;
};

/** A disk with something on it, so that "untouched" means something. */
async function usedDisk(bytes = sizeBytes): Promise<{ readonly disk: LoopDevice; untouched(): boolean }> {
  const disk = await createLoopDevice({ sizeBytes: bytes });
  const before = mbrImage({ sizeBytes: bytes });
  const { open } = await import('node:fs/promises');
  const file = await open(disk.path, 'r+');
  await file.write(before);
  await file.sync();
  await file.close();
  const digest = sha256(before);
  return { disk, untouched: () => sha256(bytesOf(disk)) === digest };
}

test('a wrong checksum leaves a disk that cannot boot, and names both digests', async () => {
  await using server = await createImageServer();
  const { disk } = await usedDisk();
  await using _ = disk;
  const wrong = sha256(Buffer.from('other'));
  const { written } = await startWrite(disk, { urls: [server.serve('/x', image)], checksum: wrong });
  await assert.rejects(
    written,
    wireError('ImageChecksumError', new RegExp(`expected sha256 ${wrong}, actual ${checksum}`)),
  );
  assert.ok(cannotBoot(disk));
  assert.equal(server.seen.length, 1);
});

/** What the ranges of the requests begin with. */
const starts = (server: ImageServer) =>
  server.seen.map(({ headers }) => Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1]));

test('after a cut the write goes on by Range in the same phase, and fetches hardly a byte twice', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  const url = server.serve('/x', image, { cutAfter: 20 * MiB, times: 1 });
  const { context, written } = await startWrite(disk, { urls: [url], checksum });
  await written;
  assert.equal(sha256(bytesOf(disk)), checksum);
  const [first, second, ...more] = starts(server);
  assert.deepEqual([first, more], [0, []]);
  // A reset may take bytes with it that were under way.
  assert.ok(second !== undefined && second > 10 * MiB && second <= 20 * MiB, `${second}`);
  assert.ok(context.entries.some(({ message }) => message === 'download failed'));
  assert.deepEqual([...new Set(context.reports.map(({ phase }) => phase))], ['write']);
});

test('after an early end the next request asks for exactly the rest', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  await write(disk, { urls: [server.serve('/x', image, { endAfter: 20 * MiB, times: 1 })], checksum });
  assert.equal(sha256(bytesOf(disk)), checksum);
  assert.deepEqual(starts(server), [0, 20 * MiB]);
});

test('a server that cuts every answer is read to the end as long as each brings something', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  await write(disk, { urls: [server.serve('/x', image, { endAfter: 5 * MiB })], checksum });
  assert.equal(sha256(bytesOf(disk)), checksum);
  assert.deepEqual(
    starts(server),
    Array.from({ length: 7 }, (_, index) => index * 5 * MiB),
  );
});

test('a server without Range is read again from the start after a cut, and the bytes that are known are passed over', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  const url = server.serve('/x', image, (request) => ({
    ignoresRange: true,
    ...(request === 1 ? { endAfter: 20 * MiB } : {}),
  }));
  const { context, written } = await startWrite(disk, { urls: [url], checksum });
  await written;
  assert.equal(sha256(bytesOf(disk)), checksum);
  assert.equal(server.seen.length, 2);
  assert.deepEqual([...new Set(context.reports.map(({ phase }) => phase))], ['write']);
});

for (const [name, first] of [
  ['is cut', { cutAfter: 20 * MiB }],
  ['ends early', { endAfter: 20 * MiB }],
  ['stalls', { stallAfter: 20 * MiB }],
  ['ends early within chunks', { endAfter: 20 * MiB, framing: 'chunked' }],
] as const) {
  test(`a download that ${name}, and of which no byte more ever comes, fails with a disk that cannot boot`, async () => {
    await using server = await createImageServer();
    const { disk } = await usedDisk();
    await using _ = disk;
    const url = server.serve('/x', image, (request) => (request === 1 ? first : { ...first, ...nothing(first) }));
    const { context, written } = await startWrite(disk, { urls: [url], checksum });
    await assert.rejects(written, wireError('ImageDownloadError', /^Download of image test.raw failed: http/));
    assert.ok(cannotBoot(disk));
    assert.equal(server.seen.length, 2);
    // It was in the middle of it.
    assert.ok((context.reports.at(-1)?.done ?? 0) > 8 * MiB);
  });
}

/** The same behaviour before the first byte. */
function nothing(behaviour: object): object {
  return Object.fromEntries(Object.keys(behaviour).flatMap((key) => (key.endsWith('After') ? [[key, 0]] : [])));
}

test('when the first address refuses, the second is taken at once', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  const urls = [`${await refusedAddress()}/x`, server.serve('/x', image)];
  await write(disk, { urls, checksum }, { config: { imageDownloadConnectionRetries: 0 } });
  assert.equal(sha256(bytesOf(disk)), checksum);
});

test('a server that is not well for a while is waited for', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  const url = server.serve('/x', image, { status: 503, times: 2 });
  await write(disk, { urls: [url], checksum }, { config: { imageDownloadConnectionRetries: 5 } });
  assert.equal(server.seen.length, 3);
});

interface Refusal {
  readonly name: string;
  readonly error: string;
  readonly details: RegExp;
  readonly content?: Uint8Array;
  readonly status?: number;
  readonly info?: Readonly<Record<string, unknown>>;
  readonly configDrive?: string;
  readonly requests?: number;
}

const qcow2 = Buffer.concat([Buffer.from('QFI\xfb\0\0\0\x03', 'latin1'), randomBytes(MiB)]);

const refusals: readonly Refusal[] = [
  { name: 'an answer 404', status: 404, error: 'ImageDownloadError', details: /status 404/ },
  { name: 'an answer 403', status: 403, error: 'ImageDownloadError', details: /status 403/ },
  {
    name: 'an image larger than the disk',
    content: Buffer.alloc(sizeBytes + 512),
    error: 'ImageWriteError',
    details: /\/dev\/loop\d+ has 33554432 bytes, the image has 33554944/,
  },
  { name: 'an empty image', content: Buffer.alloc(0), error: 'ImageDownloadError', details: /the object is empty/ },
  {
    name: 'a qcow2 image said to be raw',
    content: qcow2,
    error: 'InvalidImage',
    details: /is qcow2 by its first bytes, disk_format is raw/,
  },
  {
    name: 'another disk_format',
    info: { disk_format: 'vmdk' },
    error: 'InvalidImage',
    details: /is raw by its first bytes, disk_format is vmdk/,
  },
  {
    name: 'a partition image without the size of its root partition',
    info: { image_type: 'partition' },
    error: 'InvalidCommandParamsError',
    details: /image test.raw is a partition image without root_mb/,
    requests: 0,
  },
  {
    name: 'a config drive that is none',
    configDrive: 'H4sI',
    error: 'DeploymentError',
    details: /config drive/,
    requests: 0,
  },
  {
    name: 'a missing checksum',
    info: { checksum: null },
    error: 'InvalidCommandParamsError',
    details: /neither checksum nor os_hash_value/,
    requests: 0,
  },
  {
    name: 'a checksum of another length',
    info: { checksum: 'abcdef' },
    error: 'InvalidCommandParamsError',
    details: /checksum has 6 characters/,
    requests: 0,
  },
];

for (const { name, content = image, status, error, details, info = {}, configDrive, requests = 1 } of refusals) {
  test(`${name} fails at once with the disk untouched`, async () => {
    await using server = await createImageServer();
    const { disk, untouched } = await usedDisk();
    await using _ = disk;
    const url = server.serve('/x', content, status === undefined ? {} : { status });
    const wireInfo = { urls: [url], checksum, disk_format: 'raw', ...info };
    await assert.rejects(write(disk, wireInfo, {}, configDrive), wireError(error, details));
    assert.ok(untouched());
    assert.equal(server.seen.length, requests);
  });
}

for (const [name, ignoresRange, said] of [
  ['without a length', true, /has 33554432 bytes, the image has more/],
  ['whose length only Content-Range tells', false, /has 33554432 bytes, the image has 33554433/],
] as const) {
  test(`a body ${name} that is too large stops at the end of the disk`, async () => {
    await using server = await createImageServer();
    await using disk = await createLoopDevice({ sizeBytes });
    const tooLarge = Buffer.concat([image, Buffer.alloc(1)]);
    const url = server.serve('/x', tooLarge, { framing: 'chunked', ignoresRange });
    const { written } = await startWrite(disk, { urls: [url], checksum: sha256(tooLarge) });
    await assert.rejects(written, wireError('ImageWriteError', said));
    assert.ok(cannotBoot(disk));
  });
}

for (const [name, content, details] of [
  ['no partition table', randomBytes(5 * MiB).fill(0, 510, 512), /no partition table/],
  ['a GPT for other sectors', gptImage({ sizeBytes: 5 * MiB, sectorBytes: 4096 }), /made for sectors of 4096 bytes/],
  ['a broken GPT', Buffer.from(gptImage({ sizeBytes: 5 * MiB })).fill(1, 600, 601), /GPT header at sector 1: checksum/],
] as const) {
  test(`an image with ${name} fails with a disk that cannot boot`, async () => {
    await using server = await createImageServer();
    const { disk } = await usedDisk();
    await using _ = disk;
    const { written } = await startWrite(disk, { urls: [server.serve('/x', content)], checksum: sha256(content) });
    await assert.rejects(written, wireError('InvalidImage', details));
    assert.ok(cannotBoot(disk));
  });
}

test('an abort ends promptly with its reason and a disk that cannot boot', async () => {
  await using server = await createImageServer();
  const { disk } = await usedDisk();
  await using _ = disk;
  const controller = new AbortController();
  const url = server.serve('/x', image, { bytesPerSecond: 10 * MiB });
  const { context, written } = await startWrite(disk, { urls: [url], checksum }, { signal: controller.signal });
  while (context.reports.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  const started = performance.now();
  controller.abort(new Error('enough'));
  await assert.rejects(written, /^Error: enough$/);
  assert.ok(performance.now() - started < 1000);
  assert.ok(cannotBoot(disk));
});

test('a download that takes longer than allowed fails with the limit', async () => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  const url = server.serve('/x', image, { bytesPerSecond: 10 * MiB });
  const { written } = await startWrite(
    disk,
    { urls: [url], checksum },
    { config: { imageDownloadMaxDurationSeconds: 1 } },
  );
  await assert.rejects(written, wireError('ImageDownloadError', /not done within 1 s/));
  assert.ok(cannotBoot(disk));
});

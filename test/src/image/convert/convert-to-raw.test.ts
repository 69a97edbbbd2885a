import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, statSync, writeSync } from 'node:fs';
import { test } from 'node:test';
import type { ToolCall } from '../../../../src/core/tool.ts';
import { InvalidImageError } from '../../../../src/errors/catalogue.ts';
import { ToolError } from '../../../../src/errors/tool-error.ts';
import type { ConversionAsk, ConvertibleFormat } from '../../../../src/image/convert/check-convertible.ts';
import { convertToRaw } from '../../../../src/image/convert/convert-to-raw.ts';
import { SpoolError } from '../../../../src/image/spool/spool-error.ts';
import { capturedOutput } from '../../../support/captured-output.ts';
import { makeImage, spoolImage } from '../../../support/converted-image.ts';
import { createJobContext } from '../../../support/job-context.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const mib = 1 << 20;
/** Data, holes, and an end that is not a whole MiB. */
const disk = Buffer.alloc(20 * mib + 64 * 512);
randomBytes(2 * mib).copy(disk, 512);
randomBytes(mib).copy(disk, 9 * mib + 4096);
randomBytes(512).copy(disk, disk.length - 512);

const host = createJobContext({ devices: [] });
const limits = { limitBytes: 64 * mib };
const ask = (format: ConvertibleFormat): ConversionAsk => ({ imageId: 'i', format, targetBytes: 64 * mib });

for (const [format, driver, options] of [
  ['vmdk', 'vmdk', 'subformat=monolithicSparse'],
  ['vmdk', 'vmdk', 'subformat=streamOptimized'],
  ['vhd', 'vpc', 'subformat=dynamic'],
  ['vhd', 'vpc', 'subformat=dynamic,force_size=on'],
  ['vhd', 'vpc', 'subformat=fixed'],
  ['vhd', 'vpc', 'subformat=fixed,force_size=on'],
  ['vhdx', 'vhdx', 'subformat=dynamic'],
  ['vhdx', 'vhdx', 'subformat=fixed,block_size=2M'],
  ['vdi', 'vdi', 'static=off'],
  ['vdi', 'vdi', 'static=on'],
] as const) {
  test(`makes the disk again out of ${driver} ${options}`, async () => {
    using dir = temporaryDirectory();
    using work = temporaryDirectory();
    await using spool = await spoolImage(dir.path, makeImage(work.path, disk, { driver, options }));
    await using raw = await convertToRaw(spool, ask(format), host, limits);
    const made = readFileSync(raw.path);
    assert.equal(made.length, raw.sizeBytes);
    assert.ok(disk.equals(made.subarray(0, disk.length)), 'the content is that of the disk');
    // Without force_size a VHD is rounded up to a geometry.
    assert.ok(
      made.subarray(disk.length).every((byte) => byte === 0),
      'and nothing follows it',
    );
    if (options !== 'subformat=dynamic' && options !== 'subformat=fixed') assert.equal(made.length, disk.length);
    const { mode, blocks } = statSync(raw.path);
    assert.equal(mode & 0o777, 0o600);
    assert.ok(blocks * 512 < 5 * mib, 'holes stay holes');
    assert.equal(readdirSync(dir.path).length, 2);
  });
}

test('takes away every file when it fails', async () => {
  using dir = temporaryDirectory();
  using work = temporaryDirectory();
  const image = makeImage(work.path, disk, { driver: 'vmdk', options: 'subformat=streamOptimized' });
  // Inside compressed grains.
  image.fill(0xff, image.length >> 1, (image.length >> 1) + 100_000);
  await using spool = await spoolImage(dir.path, image);
  await assert.rejects(convertToRaw(spool, ask('vmdk'), host, limits), (error: Error) => {
    assert.ok(error instanceof InvalidImageError && error.cause instanceof ToolError, String(error));
    assert.match(error.message, /image i cannot be converted from vmdk; the disk was not touched: .*qemu-img/);
    return true;
  });
  assert.deepEqual(readdirSync(dir.path).length, 1);
});

test('refuses a disk larger than the target before it converts', async () => {
  using dir = temporaryDirectory();
  using work = temporaryDirectory();
  await using spool = await spoolImage(dir.path, makeImage(work.path, disk, { driver: 'vdi' }));
  await assert.rejects(
    convertToRaw(spool, { ...ask('vdi'), targetBytes: disk.length - 1 }, host, limits),
    new RegExp(`is a vdi that has a disk of ${disk.length} bytes, more than the ${disk.length - 1} of the target`),
  );
});

test('stops qemu-img when the raw file gets too large', async () => {
  using dir = temporaryDirectory();
  using work = temporaryDirectory();
  await using spool = await spoolImage(dir.path, makeImage(work.path, disk, { driver: 'vmdk' }));
  await assert.rejects(convertToRaw(spool, ask('vmdk'), host, { ...limits, limitBytes: mib }), SpoolError);
  assert.deepEqual(readdirSync(dir.path).length, 1);
});

test('tries again where memory was missing, from a blank file, and not more often than configured', async () => {
  using dir = temporaryDirectory();
  using work = temporaryDirectory();
  await using spool = await spoolImage(dir.path, makeImage(work.path, disk, { driver: 'vmdk' }));
  const { text } = capturedOutput('qemu-img', 'no-stack');
  const flaky = (failures: number) => {
    const calls: ToolCall[] = [];
    const run = async (call: ToolCall) => {
      if (call.program !== 'qemu-img') calls.push(call);
      if (call.program === 'qemu-img' || calls.length > failures) return host.run(call);
      // What the attempt left in the target, before it died.
      const target = openSync(call.args.at(-1)?.replace(/.*filename=/, '') ?? '', 'r+');
      writeSync(target, randomBytes(mib), 0, mib, 5 * mib);
      closeSync(target);
      throw new ToolError(call, { exitCode: null, why: 'ended by SIGABRT', stderrTail: text });
    };
    return { calls, host: { ...host, run, config: { ...host.config, imageConvertAttempts: 2 } } };
  };
  const once = flaky(1);
  await using raw = await convertToRaw(spool, ask('vmdk'), once.host, limits);
  assert.equal(once.calls.length, 2);
  assert.ok(disk.equals(readFileSync(raw.path)));
  const twice = flaky(2);
  await assert.rejects(convertToRaw(spool, ask('vmdk'), twice.host, limits), /Cannot allocate memory/);
  assert.equal(twice.calls.length, 2);
});

test('bounds the memory of qemu-img', async () => {
  using dir = temporaryDirectory();
  using work = temporaryDirectory();
  await using spool = await spoolImage(dir.path, makeImage(work.path, disk, { driver: 'vmdk' }));
  const config = { imageConvertMemoryLimitMib: 64, imageConvertAttempts: 1 };
  await assert.rejects(convertToRaw(spool, ask('vmdk'), { ...host, config }, limits), /SIGABRT.*allocate|unavailable/);
});

test('ends with the reason of the job when it is aborted', async () => {
  using dir = temporaryDirectory();
  using work = temporaryDirectory();
  await using spool = await spoolImage(dir.path, makeImage(work.path, disk, { driver: 'vmdk' }));
  const controller = new AbortController();
  const reason = new Error('aborted by the operator');
  const run = (call: ToolCall) => {
    if (call.program !== 'qemu-img') controller.abort(reason);
    return host.run({ ...call, signal: controller.signal });
  };
  await assert.rejects(convertToRaw(spool, ask('vmdk'), { ...host, run, signal: controller.signal }, limits), reason);
  assert.deepEqual(readdirSync(dir.path).length, 1);
});

test('says that qemu-img is missing before it looks at anything', async () => {
  using dir = temporaryDirectory();
  await using spool = await spoolImage(dir.path, Buffer.from('no image at all'));
  const missing = new ToolError(
    { program: 'qemu-img', args: ['--version'] },
    { exitCode: null, why: 'qemu-img is not installed', stderrTail: '' },
  );
  const run = () => Promise.reject(missing);
  await assert.rejects(convertToRaw(spool, ask('vmdk'), { ...host, run }, limits), missing);
});

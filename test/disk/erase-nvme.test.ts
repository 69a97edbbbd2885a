import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { suite, test } from 'node:test';
import { claimDevice } from '../../src/storage/claim-device.ts';
import { targetOf } from '../../src/storage/device-io/disk-target.ts';
import type { Check, EraseMethod } from '../../src/storage/erase/method.ts';
import { createNvmeFormat } from '../../src/storage/erase/methods/nvme/format.ts';
import { createNvmeSanitize } from '../../src/storage/erase/methods/nvme/sanitize.ts';
import { compareSamples, takeSamples } from '../../src/storage/erase/verify/content-samples.ts';
import { findWatermarks, sowWatermarks } from '../../src/storage/erase/verify/watermarks.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { makeDisk } from '../support/make-block-device.ts';
import { NvmeBench } from '../support/nvme-bench.ts';
import type { NvmeFaults } from '../support/simulated-nvme.ts';
import { createStorageHost } from '../support/storage-host.ts';

const mebibyte = 1024 * 1024;
const sizeBytes = 64 * mebibyte;
const canary = Buffer.from('CANARY of the last tenant, sown all over the disk. '.repeat(11).slice(0, 512));

type MethodMaker = (bench: NvmeBench) => EraseMethod;

const methods: readonly (readonly [string, MethodMaker])[] = [
  ['nvme-sanitize-crypto', ({ limits }) => createNvmeSanitize('crypto', limits)],
  ['nvme-sanitize-block', ({ limits }) => createNvmeSanitize('block', limits)],
  ['nvme-sanitize-overwrite', ({ limits }) => createNvmeSanitize('overwrite', limits)],
  ['nvme-format-crypto', ({ limits }) => createNvmeFormat('crypto', limits)],
  ['nvme-format-user-data', ({ limits }) => createNvmeFormat('user-data', limits)],
];

/** What the flash holds afterwards. */
function fill(path: string, what: string): void {
  const block = Buffer.alloc(mebibyte, what === 'block' ? 0xff : 0);
  const file = openSync(path, 'r+');
  for (let offset = 0; offset < sizeBytes; offset += block.length) {
    if (what === 'crypto') randomFillSync(block);
    writeSync(file, block, 0, block.length, offset);
  }
  fdatasyncSync(file);
  closeSync(file);
}

interface Outcome {
  readonly checks: readonly Check[];
  readonly canariesLeft: number;
}

/** A drive with data of a tenant on a loop device: marked, erased, looked at, as an erase does it. */
async function erase(make: MethodMaker, faults: NvmeFaults = {}): Promise<Outcome> {
  await using loop = await createLoopDevice({ sizeBytes });
  const file = openSync(loop.path, 'r+');
  const data = Buffer.alloc(sizeBytes);
  for (let offset = 0; offset < sizeBytes; offset += 4096) canary.copy(data, offset);
  writeSync(file, data);
  fdatasyncSync(file);
  closeSync(file);
  const device = makeDisk(loop.path, { sizeBytes, serial: null, transport: null });
  await using claim = await claimDevice(device, createStorageHost([loop.path]), { direct: true });
  const target = targetOf(claim);
  await using bench = await NvmeBench.create({
    names: [basename(loop.path)],
    target,
    faults,
    erase: (what) => fill(loop.path, what),
  });
  const method = make(bench);
  const { context } = bench.process();
  const [samples, watermarks] = [await takeSamples(target), await sowWatermarks(target)];
  const evidence = await method.run(bench.erased, context);
  const checks = [
    ...(await method.verify(bench.erased, evidence, context)),
    await findWatermarks(target, watermarks),
    await compareSamples(target, samples, { expectNoStructure: method.name.endsWith('-crypto') }),
  ];
  return { checks, canariesLeft: countCanaries(loop.backingFile) };
}

function countCanaries(path: string): number {
  const data = readFileSync(path);
  let count = 0;
  for (let at = data.indexOf('CANARY'); at !== -1; at = data.indexOf('CANARY', at + 1)) count += 1;
  return count;
}

const failed = (checks: readonly Check[]): readonly string[] =>
  checks.filter(({ passed }) => !passed).map(({ name }) => name);

for (const [name, make] of methods) {
  suite(name, () => {
    test('leaves no canary on a drive that does it, and every check passes', async () => {
      const { checks, canariesLeft } = await erase(make);
      assert.deepEqual([failed(checks), canariesLeft], [[], 0]);
    });

    test('is not believed of a drive that tells of it and keeps the data', async () => {
      const { checks, canariesLeft } = await erase(make, { keepsData: true });
      assert.ok(canariesLeft > 10_000, `${canariesLeft} canaries`);
      assert.ok(failed(checks).includes('watermarks'), JSON.stringify(checks));
    });

    test('is not believed of a drive that answers success and does nothing', async () => {
      const outcome = await erase(make, { doesNothing: true }).catch((error: unknown) => error);
      if (outcome instanceof Error) assert.match(outcome.message, /took the command and did nothing/);
      else assert.ok(failed((outcome as Outcome).checks).includes('watermarks'));
    });
  });
}

suite('nvme-sanitize-overwrite', () => {
  const [, make] = methods[2] ?? assert.fail();

  test('is read back, because its content is promised: zeros', async () => {
    const { checks } = await erase(make);
    assert.deepEqual(checks.find(({ name }) => name === 'read-back')?.passed, true);
  });

  test('is found out by its own read-back when the data are still there', async () => {
    const { checks } = await erase(make, { keepsData: true });
    assert.ok(failed(checks).includes('read-back'), JSON.stringify(checks));
  });
});

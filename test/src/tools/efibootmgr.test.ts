import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { createSafetyLatch } from '../../../src/core/safety-latch.ts';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import {
  createArgs,
  createBootEntry,
  deleteArgs,
  deleteBootEntry,
  hasEfibootmgr,
  listArgs,
  parseBootVariables,
  readBootVariables,
} from '../../../src/tools/efibootmgr.ts';
import { isNotInstalled } from '../../../src/tools/is-installed.ts';
import { createToolRunner } from '../../../src/tools/run.ts';
import { bootContext } from '../boot/boot-context.ts';

const fixtures = new URL('../../fixtures/tools/efibootmgr/', import.meta.url);
const captured = (name: string): string => readFileSync(new URL(`${name}.txt`, fixtures), 'utf8');

/** The argv of a capture; only backslashes are quoted in these. */
const argv = (name: string): string[] => {
  const line = readFileSync(new URL(`${name}.cmd`, fixtures), 'utf8').trim();
  return line.split(' ').map((word) => word.replaceAll('\\\\', '\\'));
};

const quietLog = { info: () => undefined, warn: () => undefined };
const closedLatch = createSafetyLatch({ insideRamdisk: false, ownNetworkNamespace: false, devices: [] }, (path) => ({
  path,
  disk: path,
}));
const entry = { number: '0001', disk: '/dev/vda', partition: 1, label: 'debian', loader: '\\EFI\\debian\\shimx64.efi' };

suite('reading boot variables', () => {
  test('gives the entry, the order and the device path of a fresh machine', () => {
    assert.deepEqual(parseBootVariables(captured('fresh')), {
      order: ['0000'],
      next: null,
      entries: [
        {
          number: '0000',
          active: true,
          label: 'UiApp',
          devicePath: 'FvVol(7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1)/FvFile(462caa21-7614-4503-836e-8ab6f4662331)',
        },
      ],
    });
  });

  test('tells an inactive entry, equal labels, odd labels and the entry for the next boot', () => {
    const { order, next, entries } = parseBootVariables(captured('crowded'));
    assert.deepEqual(order, ['000A', '0005', '0001', '0000']);
    assert.equal(next, '0005');
    assert.deepEqual(
      entries.map(({ number, active, label }) => [number, active, label]),
      [
        ['0000', true, 'UiApp'],
        ['0001', false, 'debian'],
        ['0005', true, 'debian'],
        ['000A', true, 'Größe, * (x)'],
      ],
    );
    assert.match(entries[2]?.devicePath ?? '', /^HD\(1,GPT,9c4735e2-.*\)\/File\(\\EFI\\debian\\shimx64\.efi\)$/);
  });

  test('gives an empty order where the firmware has none', () => {
    const { order, entries } = parseBootVariables(captured('no-boot-order'));
    assert.deepEqual(order, []);
    assert.equal(entries.length, 3);
  });

  test('gives entries without device paths from the short list', () => {
    const { entries } = parseBootVariables(captured('list-plain'));
    assert.deepEqual(
      entries.map(({ devicePath }) => devicePath),
      ['', '', ''],
    );
  });

  test('every capture parses, and finds an entry where one is printed', () => {
    for (const file of readdirSync(fixtures).filter((name) => name.endsWith('.txt'))) {
      const text = readFileSync(new URL(file, fixtures), 'utf8');
      assert.equal(parseBootVariables(text).entries.length > 0, /^Boot\d{4}\*/m.test(text), file);
    }
  });
});

suite('arguments of efibootmgr', () => {
  test('are those that the captures were made with', () => {
    assert.deepEqual(['efibootmgr', ...listArgs], argv('fresh'));
    assert.deepEqual(['efibootmgr', ...createArgs(entry)], argv('create-virtio'));
    const sameLabel = { ...entry, number: '0005', disk: '/dev/nvme0n1' };
    assert.deepEqual(['efibootmgr', ...createArgs(sameLabel)], argv('create-same-label'));
    assert.deepEqual(['efibootmgr', ...deleteArgs('0001')], argv('delete'));
  });
});

suite('effects of efibootmgr', () => {
  test('outside a ramdisk nothing is written: the latch refuses before anything is run', async () => {
    const context = bootContext();
    await assert.rejects(createBootEntry(context.run, entry), SafetyLatchError);
    await assert.rejects(deleteBootEntry(context.run, '0001'), SafetyLatchError);
    assert.deepEqual(context.calls, []);
  });

  test('the real runner refuses too, with the program at hand', async () => {
    const run = createToolRunner({ latch: closedLatch, log: quietLog });
    await assert.rejects(createBootEntry(run, entry), SafetyLatchError);
    await assert.rejects(deleteBootEntry(run, '0001'), SafetyLatchError);
  });

  test('reading is permitted everywhere', async () => {
    const context = bootContext({ answer: () => captured('fresh') });
    assert.equal((await readBootVariables(context.run)).entries.length, 1);
    assert.deepEqual(context.calls[0]?.effect, { kind: 'read' });
  });
});

suite('whether efibootmgr is there', () => {
  test('is told by running it', async () => {
    assert.equal(await hasEfibootmgr(bootContext({ answer: () => captured('version') }).run), true);
  });

  test('a program that is not installed is told from one that failed', async () => {
    const run = createToolRunner({ latch: closedLatch, log: quietLog });
    const failureOf = async (program: string): Promise<unknown> =>
      run({ program, args: [], effect: { kind: 'read' } }).catch((error: unknown) => error);
    const missing = await failureOf('ironhand-no-such-program');
    const failed = await failureOf('false');
    assert.ok(missing instanceof ToolError && isNotInstalled(missing));
    assert.ok(failed instanceof ToolError && !isNotInstalled(failed));
    const context = bootContext({ answer: () => Promise.reject(missing) });
    assert.equal(await hasEfibootmgr(context.run), false);
  });

  test('a failure of another kind is not taken for its absence', async () => {
    const failure = new ToolError(
      { program: 'efibootmgr', args: [] },
      { exitCode: null, why: 'aborted', stderrTail: '' },
    );
    await assert.rejects(hasEfibootmgr(bootContext({ answer: () => Promise.reject(failure) }).run), failure);
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fullSync } from '../../../src/boot/full-sync.ts';
import { blockDevice, bootContext } from './boot-context.ts';

suite('fullSync', () => {
  test('outside a ramdisk leaves the page cache alone and says so', async () => {
    const context = bootContext();
    await fullSync(context);
    assert.deepEqual(
      context.calls.map(({ program }) => program),
      ['sync'],
    );
    assert.deepEqual(context.lines, [
      { level: 'info', fields: {}, message: 'page cache not dropped: this agent does not run in a ramdisk' },
    ]);
  });

  test('outside a ramdisk a disk that was not named is not flushed, and that is logged', async () => {
    const context = bootContext({ devices: [blockDevice('/dev/sda')] });
    await fullSync(context);
    assert.deepEqual(
      context.calls.map(({ program }) => program),
      ['sync'],
    );
    const { level, fields, message } = context.lines.at(-1) ?? assert.fail('nothing was logged');
    assert.deepEqual([level, fields.device, message], ['warn', '/dev/sda', 'could not flush a disk']);
  });

  test('one disk that cannot be flushed does not keep the others from it', async () => {
    const context = bootContext({
      insideRamdisk: true,
      devices: [blockDevice('/dev/sda'), blockDevice('/dev/sdb')],
      answer: ({ args }) => {
        if (args.includes('/dev/sda')) throw new Error('no such device');
        return '';
      },
    });
    await fullSync(context);
    assert.deepEqual(context.calls.at(-1)?.args, ['--flushbufs', '/dev/sdb']);
    assert.equal(context.lines.filter(({ level }) => level === 'warn').length, 1);
  });

  test('survives a page cache that cannot be dropped', async () => {
    const context = bootContext({
      insideRamdisk: true,
      devices: [blockDevice('/dev/sda')],
      answer: ({ program }) => {
        if (program === 'tee') throw new Error('read-only file system');
        return '';
      },
    });
    await fullSync(context);
    assert.equal(context.calls.at(-1)?.program, 'blockdev');
  });

  test('fails when sync fails', async () => {
    const context = bootContext({ answer: () => Promise.reject(new Error('sync failed')) });
    await assert.rejects(fullSync(context), /sync failed/);
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { JobCheckpoint } from '../../../../../../src/core/job-context.ts';
import type { EraseMethod } from '../../../../../../src/storage/erase/method.ts';
import {
  ataSanitizeBlock,
  ataSanitizeCrypto,
  ataSanitizeOverwrite,
} from '../../../../../../src/storage/erase/methods/ata/sanitize.ts';
import { watchSanitize } from '../../../../../../src/storage/erase/methods/ata/sanitize-watch.ts';
import { makeDisk } from '../../../../../support/make-block-device.ts';
import { memoryCheckpoint } from '../../../../../support/memory-checkpoint.ts';
import { SimulatedAta, type SimulatedAtaOptions } from '../../../../../support/simulated-ata.ts';
import { ataJob, probedDisk } from '../../../../../support/simulated-ata-job.ts';

const path = '/dev/sda';
const sanitize = { crypto: true, block: true, overwrite: true };
const driveWith = (options: Partial<SimulatedAtaOptions> = {}): SimulatedAta =>
  new SimulatedAta({ path, sanitize, ...options });

suite('a sanitize', () => {
  for (const [method, command] of [
    [ataSanitizeCrypto, 'sanitize-crypto'],
    [ataSanitizeBlock, 'sanitize-block'],
    [ataSanitizeOverwrite, 'sanitize-overwrite'],
  ] as const) {
    test(`${method.name} is begun once, watched to its end, and shown by the state of the drive`, async () => {
      const media = new Uint8Array(64).fill(7);
      const drive = driveWith({ media });
      const { target, context, reports } = await ataJob(drive);
      const evidence = await method.run(target, context);
      assert.deepEqual(drive.commands, [command]);
      assert.ok(media.every((byte) => byte !== 7));
      assert.deepEqual([evidence.exitCode, evidence.bytes, evidence.details['seenAtWork']], [0, 0, true]);
      assert.match(evidence.tool, /^hdparm --sanitize-(crypto-scramble|block-erase|overwrite)$/);
      assert.deepEqual(
        reports.map(({ done, total }) => [done, total]),
        [
          [0, 1000],
          [400, 1000],
          [800, 1000],
        ],
      );
      const checks = await method.verify(target, evidence, context);
      assert.deepEqual(
        checks.map(({ name, passed }) => [name, passed]),
        [['sanitize-status', true]],
      );
    });
  }

  test('an aborted command with exit code 0 is a failure, also where an earlier sanitize had completed', async () => {
    for (const completed of [false, true]) {
      const drive = driveWith({ sanitize: { ...sanitize, completed }, faults: { aborts: ['sanitize'] } });
      const { target, context } = await ataJob(drive);
      await assert.rejects(ataSanitizeBlock.run(target, context), /did not begin the sanitize: .*sense data/s);
      assert.equal(drive.begun, 0);
    }
  });

  test('a refused command names what the drive said and the exit code', async () => {
    const drive = driveWith({ faults: { aborts: ['sanitize'], sense: 'descriptor' } });
    const { target, context } = await ataJob(drive);
    await assert.rejects(ataSanitizeCrypto.run(target, context), {
      name: 'EraseMethodError',
      tool: 'hdparm',
      exitCode: 5,
      message: /Device in FROZEN state/,
    });
  });

  for (const sense of ['fixed', 'descriptor'] as const) {
    test(`one that fails half way is a failure (sense data: ${sense})`, async () => {
      const drive = driveWith({ faults: { failsHalfway: true, sense } });
      const { target, context } = await ataJob(drive);
      await assert.rejects(ataSanitizeBlock.run(target, context), /has not sanitized: .*failed/);
    });
  }

  test('a drive that fell silent for a while, as after a reset, is waited for', async () => {
    const drive = driveWith({ faults: { silentFor: 20 } });
    const { target, context, warnings } = await ataJob(drive);
    await ataSanitizeBlock.run(target, context);
    assert.equal(warnings.length, 1);
  });

  test('a drive that vanishes is given up', async () => {
    const { target, context } = await ataJob(driveWith({ faults: { vanishes: true } }));
    await assert.rejects(ataSanitizeBlock.run(target, context), /vanished: 180 questions without an answer/);
  });

  test('a drive that stands still is given up', async () => {
    const drive = driveWith({ sanitizeStep: 0 });
    const { context } = await ataJob(drive);
    drive.sanitizeState = 'in-process';
    await assert.rejects(
      watchSanitize(path, context, { silent: 5, stalled: 10, wrong: 3 }),
      /at 0 of 1000 of its sanitize for 10 questions/,
    );
  });

  test('a frozen drive is not even asked to begin', async () => {
    const drive = driveWith({ sanitize: { ...sanitize, frozen: true } });
    const { target, context } = await ataJob(drive);
    await assert.rejects(ataSanitizeBlock.run(target, context), /frozen until its power is cycled/);
    assert.deepEqual(drive.commands, []);
  });

  test('one that somebody else has begun is not taken for ours, and not disturbed', async () => {
    const drive = driveWith();
    drive.sanitizeState = 'in-process';
    const { target, context } = await ataJob(drive);
    await assert.rejects(ataSanitizeBlock.run(target, context), /which this job has not begun/);
    assert.deepEqual(drive.commands, []);
  });

  test('one that says it completed although another state follows is not verified', async () => {
    const drive = driveWith();
    const { target, context } = await ataJob(drive);
    const evidence = await ataSanitizeBlock.run(target, context);
    drive.sanitizeCompleted = false;
    const [check] = await ataSanitizeBlock.verify(target, evidence, context);
    assert.equal(check?.passed, false);
  });

  test('goes on in the drive when the worker stops, and the next process only watches it', async () => {
    const drive = driveWith({ sanitizeStep: 1 });
    const record = memoryCheckpoint();
    await stopInTheMiddle(drive, record);
    assert.equal(drive.sanitizeState, 'in-process');
    const second = await ataJob(drive, { record });
    const evidence = await ataSanitizeBlock.run(second.target, second.context);
    assert.equal(evidence.details['reattached'], true);
    assert.equal(drive.begun, 1);
  });

  test('that the drive took is not begun again, also where it says "completed" of an earlier one, too', async () => {
    const drive = driveWith({ sanitize: { ...sanitize, completed: true }, sanitizeStep: 1 });
    const record = memoryCheckpoint();
    await stopInTheMiddle(drive, record);
    while (drive.sanitizeState === 'in-process') await drive.run(statusCall);
    const second = await ataJob(drive, { record });
    await ataSanitizeBlock.run(second.target, second.context);
    assert.equal(drive.begun, 1);
  });

  test('that the drive has forgotten is a failure, and not begun again', async () => {
    const drive = driveWith({ sanitizeStep: 1 });
    const record = memoryCheckpoint();
    await stopInTheMiddle(drive, record);
    drive.sanitizeState = 'idle';
    const second = await ataJob(drive, { record });
    await assert.rejects(
      ataSanitizeBlock.run(second.target, second.context),
      /has not sanitized: it is idle, and the last sanitize did not complete/,
    );
    assert.equal(drive.begun, 1);
  });

  test('a record that cannot be understood is not passed over', async () => {
    const record = memoryCheckpoint();
    record.save({ state: 'what' });
    const drive = driveWith();
    const { target, context } = await ataJob(drive, { record });
    await assert.rejects(ataSanitizeBlock.run(target, context), /cannot be read/);
    assert.deepEqual(drive.commands, []);
  });
});

/** The worker stops when the drive has begun. */
async function stopInTheMiddle(drive: SimulatedAta, record: JobCheckpoint): Promise<void> {
  const { target, context, stop } = await ataJob(drive, { record });
  const run = ataSanitizeBlock.run(target, context);
  setTimeout(stop, 30);
  await assert.rejects(run);
  assert.equal(drive.sanitizeState, 'in-process');
}

suite('a process that dies in a sanitize', () => {
  for (const completed of [false, true]) {
    test(`at any moment: the next one ends with a sanitized drive (completed before: ${completed})`, async () => {
      const moments = await momentsOf(ataSanitizeBlock, completed);
      assert.ok(moments > 10, `${moments} moments`);
      for (let diesAt = 1; diesAt <= moments; diesAt++) {
        const media = new Uint8Array(8).fill(7);
        const drive = driveWith({ media, sanitize: { ...sanitize, completed } });
        const record = memoryCheckpoint();
        const first = await ataJob(drive, { record, diesAt });
        await assert.rejects(ataSanitizeBlock.run(first.target, first.context));
        while (drive.sanitizeState === 'in-process' && diesAt % 2 === 0) await drive.run(statusCall);
        const second = await ataJob(drive, { record });
        await ataSanitizeBlock.run(second.target, second.context);
        assert.ok(
          media.every((byte) => byte === 0),
          `death at moment ${diesAt}`,
        );
        // Only a drive that says "completed" all along cannot tell whether the command had reached it.
        if (!completed) assert.equal(drive.begun, 1, `death at moment ${diesAt}`);
      }
    });
  }
});

const statusCall = { program: 'hdparm', args: ['--sanitize-status', path], effect: { kind: 'read' } } as const;

async function momentsOf(method: EraseMethod, completed: boolean): Promise<number> {
  const { target, context, moments } = await ataJob(driveWith({ sanitize: { ...sanitize, completed } }));
  await method.run(target, context);
  return moments();
}

suite('support of a sanitize', () => {
  const supportOf = async (method: EraseMethod, options: Partial<SimulatedAtaOptions>) =>
    method.supports(await probedDisk(driveWith(options)));

  test('needs the command, a drive that is not frozen, and one that is not locked', async () => {
    assert.equal((await supportOf(ataSanitizeBlock, {})).kind, 'supported');
    assert.equal((await supportOf(ataSanitizeBlock, { sanitize: { ...sanitize, block: false } })).kind, 'unsupported');
    assert.equal((await supportOf(ataSanitizeCrypto, { sanitize: null })).kind, 'unsupported');
    assert.equal((await supportOf(ataSanitizeCrypto, { sanitize: { ...sanitize, frozen: true } })).kind, 'blocked');
    assert.equal((await supportOf(ataSanitizeCrypto, { security: { enabled: true, locked: true } })).kind, 'blocked');
  });

  test('no other disk has one', () => {
    const probe = { kind: 'plain', zerosAfterDiscard: true } as const;
    const disk = { device: makeDisk(path), partitions: [], probe };
    assert.equal(ataSanitizeCrypto.supports(disk).kind, 'unsupported');
  });

  test('is a purge only for the kind of medium that NIST lists it for', async () => {
    const flash = await probedDisk(driveWith(), false);
    const magnetic = await probedDisk(driveWith(), true);
    assert.deepEqual(
      [ataSanitizeCrypto, ataSanitizeBlock, ataSanitizeOverwrite].map((method) => [
        method.sanitization(flash),
        method.sanitization(magnetic),
      ]),
      [
        ['purge', 'purge'],
        ['purge', 'clear'],
        ['clear', 'purge'],
      ],
    );
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { EraseMethodError } from '../../../../../../src/storage/erase/method.ts';
import {
  createScsiSanitize,
  scsiSanitizeBlock,
  scsiSanitizeCrypto,
  scsiSanitizeOverwrite,
} from '../../../../../../src/storage/erase/methods/scsi/sanitize.ts';
import { makeDisk } from '../../../../../support/make-block-device.ts';
import { memoryCheckpoint } from '../../../../../support/memory-checkpoint.ts';
import { eraseOptions } from '../../../../../support/overwritten-disk.ts';
import { bytelessTarget, scsiContext, shortPatience, wholeScsiProbe } from '../../../../../support/scsi-method.ts';
import { type ScsiBehaviour, SimulatedScsi } from '../../../../../support/simulated-scsi.ts';

const sanitize = createScsiSanitize('crypto', shortPatience);
const target = bytelessTarget();
const run = (drive: SimulatedScsi, fields: Parameters<typeof scsiContext>[1] = {}) =>
  sanitize.run(target, scsiContext(drive, fields));
const accepted = (phase: string) => {
  const record = memoryCheckpoint();
  const startedAt = '2026-11-22T17:00:00.000Z';
  record.save({ kind: 'scsi-operation', operation: 'sanitize-crypto', phase, startedAt, exitCode: 0 });
  return record;
};

suite('sanitize of SCSI', { timeout: 60_000 }, () => {
  test('is a purge that cannot be cancelled, where the disk lists the command', () => {
    const disk = { device: makeDisk('/dev/sda'), partitions: [], probe: wholeScsiProbe };
    assert.deepEqual(
      [sanitize.sanitization(disk), sanitize.cancellable, sanitize.replay],
      ['purge', false, 'reattach'],
    );
    assert.deepEqual(sanitize.reach(disk), ['/dev/sda']);
    assert.equal(scsiSanitizeBlock.supports(disk).kind, 'supported');
    const without = { ...wholeScsiProbe, sanitize: { crypto: true, block: false, overwrite: true } };
    assert.equal(scsiSanitizeBlock.supports({ ...disk, probe: without }).kind, 'unsupported');
    assert.equal(scsiSanitizeCrypto.supports({ ...disk, probe: without }).kind, 'supported');
    const plain = { kind: 'plain', zerosAfterDiscard: false } as const;
    assert.equal(scsiSanitizeCrypto.supports({ ...disk, probe: plain }).kind, 'unsupported');
    assert.ok(Number(scsiSanitizeOverwrite.estimate(disk, eraseOptions())) > 100);
  });

  test('is sent once, watched to its end, and told as what was seen', async () => {
    const drive = new SimulatedScsi();
    const context = scsiContext(drive);
    const { tool, exitCode, details, bytes } = await sanitize.run(target, context);
    assert.deepEqual([tool, exitCode, bytes], ['sg_sanitize', 0, 0]);
    assert.deepEqual(drive.started, ['sanitize-crypto']);
    assert.deepEqual(
      [details['seenAtWork'], details['lastToldThousandths'], details['reattached']],
      [true, 799, false],
    );
    const told = context.reports.filter(({ total }) => total === 1000).map(({ done }) => done);
    assert.deepEqual(told, [199, 399, 599, 799]);
  });

  test('leaves its intent on record before the command goes out', async () => {
    const record = memoryCheckpoint();
    const drive = new SimulatedScsi();
    const before: unknown[] = [];
    const context = scsiContext(drive, { record });
    const watched: typeof context.run = async (call) => {
      if (call.program === 'sg_sanitize') before.push(record.read());
      return await context.run(call);
    };
    await sanitize.run(target, { ...context, run: watched });
    assert.equal((before[0] as { phase: string }).phase, 'intent');
    assert.equal((record.read() as { phase: string }).phase, 'accepted');
  });

  const wellBehaved: Readonly<Record<string, ScsiBehaviour>> = {
    'does it at once': { questions: 0 },
    'does not say how far it is': { tellsProgress: 'silent' },
    'says how far it is only when asked whether it is ready': { tellsProgress: 'ready' },
    'reports a unit attention first': { onStart: 'attention' },
    'is away for a while after a reset': { mishap: { kind: 'resets', afterQuestions: 2 } },
    'is at work although no answer to the command came': { onStart: 'hangs-at-work' },
  };
  for (const [name, behaviour] of Object.entries(wellBehaved)) {
    test(`ends well on a disk that ${name}`, async () => {
      const drive = new SimulatedScsi(behaviour);
      const { details } = await run(drive);
      assert.deepEqual(drive.started, ['sanitize-crypto']);
      assert.equal(details['seenAtWork'], behaviour.questions !== 0);
    });
  }

  test('counts answers that were lost, and never goes back in what it reports', async () => {
    const drive = new SimulatedScsi({ questions: 6, mishap: { kind: 'resets', afterQuestions: 4 } });
    const context = scsiContext(drive);
    const { details } = await sanitize.run(target, context);
    assert.ok(Number(details['lostAnswers']) >= 3);
    const told = context.reports.map(({ done }) => done);
    assert.deepEqual(
      told,
      told.toSorted((a, b) => a - b),
    );
  });

  const failing: Readonly<Record<string, readonly [ScsiBehaviour, RegExp]>> = {
    'fails half way': [{ mishap: { kind: 'fails', afterQuestions: 2 } }, /failed: Sanitize command failed/],
    'fails half way, and says so only when asked whether it is ready': [
      { tellsProgress: 'ready', mishap: { kind: 'fails', afterQuestions: 2 } },
      /failed: Sanitize command failed/,
    ],
    'vanishes half way': [{ mishap: { kind: 'vanishes', afterQuestions: 2 } }, /no answer for .*No such device/],
    'stands still half way': [{ mishap: { kind: 'stalls', afterQuestions: 2 } }, /no progress for .*at 39.9 %/],
    'stands still and never says how far it is': [
      { tellsProgress: 'silent', mishap: { kind: 'stalls', afterQuestions: 2 } },
      /no progress for .*never told any/,
    ],
    'does not have the command': [{ commands: ['format'] }, /exit code 5/],
    'refuses the command': [{ onStart: 'refuses' }, /exit code 11/],
    'hangs when it gets the command': [{ onStart: 'hangs' }, /no answer came from the drive/],
  };
  for (const [name, [behaviour, message]] of Object.entries(failing)) {
    test(`fails on a disk that ${name}`, async () => {
      await assert.rejects(run(new SimulatedScsi(behaviour)), (error) => {
        assert.ok(error instanceof EraseMethodError, String(error));
        assert.match(error.message, message);
        return true;
      });
    });
  }

  test('that was begun by a worker that died is waited for, and not begun again', async () => {
    const drive = new SimulatedScsi({ questions: 8 });
    const record = memoryCheckpoint();
    const stop = new AbortController();
    const context = scsiContext(drive, { record, signal: stop.signal });
    const cut = sanitize.run(target, {
      ...context,
      report: ({ done }) => done > 300 && stop.abort(new Error('the worker stops')),
    });
    await assert.rejects(cut, /the worker stops/);
    assert.ok(drive.isAtWork);
    const { details } = await run(drive, { record });
    assert.deepEqual(drive.started, ['sanitize-crypto']);
    assert.deepEqual([details['reattached'], details['seenAtWork']], [true, true]);
  });

  test('that ended while no worker was there is not begun again', async () => {
    const drive = new SimulatedScsi();
    const { details } = await run(drive, { record: accepted('accepted') });
    assert.deepEqual(drive.started, []);
    assert.deepEqual([details['reattached'], details['seenAtWork']], [true, false]);
  });

  test('of which only the intent is on record is taken up where the disk is at it', async () => {
    const drive = new SimulatedScsi();
    drive.beginElsewhere('sanitize');
    const { details } = await run(drive, { record: accepted('intent') });
    assert.deepEqual([drive.started, details['reattached']], [[], true]);
  });

  test('of which only the intent is on record is begun where the disk is at nothing', async () => {
    const drive = new SimulatedScsi();
    const { details } = await run(drive, { record: accepted('intent') });
    assert.deepEqual([drive.started, details['reattached']], [['sanitize-crypto'], false]);
  });

  test('that failed while no worker was there has failed', async () => {
    const drive = new SimulatedScsi();
    drive.failed = 'sanitize';
    await assert.rejects(run(drive, { record: accepted('accepted') }), /it failed: Sanitize command failed/);
    assert.deepEqual(drive.started, []);
  });

  test('can be begun on a disk that waits for one since the last failed', async () => {
    const drive = new SimulatedScsi();
    drive.failed = 'sanitize';
    await run(drive);
    assert.deepEqual(drive.started, ['sanitize-crypto']);
  });

  test('of somebody else is not taken for ours', async () => {
    const drive = new SimulatedScsi();
    drive.beginElsewhere('sanitize');
    await assert.rejects(run(drive), /a sanitize is in progress .*which we did not begin/);
  });

  test('is not looked for in a format', async () => {
    const drive = new SimulatedScsi();
    drive.beginElsewhere('format');
    await assert.rejects(run(drive, { record: accepted('accepted') }), /a format is in progress/);
  });

  test('is not begun where the record is that of something else', async () => {
    const record = memoryCheckpoint();
    record.save({ kind: 'scsi-operation', operation: 'sanitize-block', phase: 'accepted', startedAt: '' });
    const drive = new SimulatedScsi();
    await assert.rejects(run(drive, { record }), /record .* cannot be read/);
    assert.deepEqual(drive.started, []);
  });

  test('is not begun on a disk that took the name of the one that was claimed', async () => {
    const drive = new SimulatedScsi();
    const other = { ...target, disk: { ...target.disk, device: makeDisk('/dev/sda', { diskSequence: 7 }) } };
    await assert.rejects(sanitize.run(other, scsiContext(drive)), /another disk than was claimed/);
    assert.deepEqual(drive.started, []);
  });

  test('is checked by asking the disk once more', async () => {
    const drive = new SimulatedScsi();
    const context = scsiContext(drive);
    const evidence = await sanitize.run(target, context);
    assert.deepEqual(
      (await sanitize.verify(target, evidence, context)).map(({ passed }) => passed),
      [true],
    );
    drive.failed = 'sanitize';
    const [check] = await sanitize.verify(target, evidence, context);
    assert.deepEqual([check?.name, check?.passed], ['sanitize-state', false]);
  });
});

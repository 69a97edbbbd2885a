import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createScsiFormatUnit, scsiFormatUnit } from '../../../../../../src/storage/erase/methods/scsi/format-unit.ts';
import { makeDisk } from '../../../../../support/make-block-device.ts';
import { memoryCheckpoint } from '../../../../../support/memory-checkpoint.ts';
import { bytelessTarget, scsiContext, shortPatience, wholeScsiProbe } from '../../../../../support/scsi-method.ts';
import { SimulatedScsi } from '../../../../../support/simulated-scsi.ts';

const format = createScsiFormatUnit(shortPatience);
const target = bytelessTarget();

suite('format of a SCSI disk', { timeout: 60_000 }, () => {
  test('clears, where the disk lists the command', () => {
    const disk = { device: makeDisk('/dev/sda'), partitions: [], probe: wholeScsiProbe };
    assert.equal(scsiFormatUnit.sanitization(disk), 'clear');
    assert.equal(scsiFormatUnit.supports(disk).kind, 'supported');
    assert.equal(
      scsiFormatUnit.supports({ ...disk, probe: { ...wholeScsiProbe, formatUnit: false } }).kind,
      'unsupported',
    );
  });

  test('is sent once and watched to its end', async () => {
    const drive = new SimulatedScsi();
    const { tool, details } = await format.run(target, scsiContext(drive));
    assert.deepEqual([tool, drive.started, details['seenAtWork']], ['sg_format', ['format'], true]);
  });

  test('keeps the sectors as protected as they are', async () => {
    const drive = new SimulatedScsi();
    const context = scsiContext(drive);
    const calls: string[] = [];
    const run: typeof context.run = async (call) => {
      if (call.program === 'sg_format') calls.push(call.args.join(' '));
      const args = call.args.filter((each) => !/^--(fmtpinfo|pie)=/.test(each));
      const result = await drive.run({ ...call, args });
      return { ...result, stdout: result.stdout.replace('prot_en=0, p_type=0', 'prot_en=1, p_type=1') };
    };
    await format.run(target, { ...context, run });
    assert.deepEqual(calls, ['--format --quick --early --fmtpinfo=3 --pie=0 /dev/sda']);
  });

  test('that was cut off leaves a disk that has failed', async () => {
    const drive = new SimulatedScsi({ mishap: { kind: 'fails', afterQuestions: 1 } });
    await assert.rejects(format.run(target, scsiContext(drive)), /the format failed: Format command failed/);
  });

  test('that was begun by a worker that died is waited for', async () => {
    const drive = new SimulatedScsi();
    drive.beginElsewhere('format');
    const record = memoryCheckpoint();
    record.save({ kind: 'scsi-operation', operation: 'format', phase: 'intent', startedAt: '', exitCode: null });
    const { details } = await format.run(target, scsiContext(drive, { record }));
    assert.deepEqual([drive.started, details['reattached']], [[], true]);
  });
});

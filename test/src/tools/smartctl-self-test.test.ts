import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseSelfTest, readSelfTest, startSelfTest } from '../../../src/tools/smartctl-self-test.ts';
import { answeringTool } from '../../support/answering-tool.ts';
import { capturedOutput } from '../../support/captured-output.ts';

/** The captured report of an ATA disk, in another state of its self-test: the value of the status byte of ACS-4. */
function ata(value: number, string = 'in other words'): string {
  const report = JSON.parse(capturedOutput('smartctl', 'self-test-ata').text);
  report.ata_smart_data.self_test.status = { value, string };
  return JSON.stringify(report);
}

suite('the self-test of a disk', () => {
  test('is started where the disk has one', async () => {
    assert.equal(await startSelfTest(answeringTool('smartctl', 'start-self-test-ata').run, '/dev/sdb'), true);
  });

  test('cannot be started where smartctl finds no SMART, or the disk refuses', async () => {
    assert.equal(await startSelfTest(answeringTool('smartctl', 'start-self-test-no-smart').run, '/dev/loop0'), false);
    assert.equal(await startSelfTest(answeringTool('smartctl', 'start-self-test-scsi').run, '/dev/sda'), false);
  });

  test('is unknown where smartctl finds no SMART', async () => {
    const { run } = answeringTool('smartctl', 'self-test-no-smart');
    assert.deepEqual(await readSelfTest(run, '/dev/loop0'), { kind: 'unknown' });
  });

  test('of an ATA disk has passed when it says so', async () => {
    const { run } = answeringTool('smartctl', 'self-test-ata');
    assert.deepEqual(await readSelfTest(run, '/dev/sdb'), { kind: 'passed' });
  });

  test('of an ATA disk tells what remains while it runs, and why it failed', () => {
    assert.deepEqual(parseSelfTest(ata(0xf9)), { kind: 'running', remainingPercent: 90 });
    assert.deepEqual(parseSelfTest(ata(0xf0)), { kind: 'running', remainingPercent: 0 });
    assert.deepEqual(parseSelfTest(ata(0x70, 'read failure')), { kind: 'failed', why: 'read failure' });
    assert.deepEqual(parseSelfTest(ata(0x10, 'was aborted by the host')), {
      kind: 'failed',
      why: 'was aborted by the host',
    });
  });

  test('of an NVMe drive is the one that runs, or the newest in its log', () => {
    const log = (operation: number, value: number) =>
      JSON.stringify({
        nvme_self_test_log: {
          current_self_test_operation: { value: operation },
          current_self_test_completion_percent: 30,
          table: [{ self_test_result: { value, string: 'Fatal error' } }, { self_test_result: { value: 0 } }],
        },
      });
    assert.deepEqual(parseSelfTest(log(2, 0)), { kind: 'running', remainingPercent: 70 });
    assert.deepEqual(parseSelfTest(log(0, 0)), { kind: 'passed' });
    assert.deepEqual(parseSelfTest(log(0, 5)), { kind: 'failed', why: 'Fatal error' });
  });

  test('of a SCSI disk is the newest in its log', () => {
    const log = (value: number) => JSON.stringify({ scsi_self_test_0: { result: { value, string: 'Failed' } } });
    assert.deepEqual(parseSelfTest(log(15)), { kind: 'running', remainingPercent: null });
    assert.deepEqual(parseSelfTest(log(0)), { kind: 'passed' });
    assert.deepEqual(parseSelfTest(log(7)), { kind: 'failed', why: 'Failed' });
  });
});

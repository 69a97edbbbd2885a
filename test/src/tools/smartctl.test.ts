import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { RunTool } from '../../../src/core/tool.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { parseSmart, readSmart, smartArgs } from '../../../src/tools/smartctl.ts';
import { capturedOutput } from '../../support/captured-output.ts';

/** Answers as smartctl did, with the exit code that it had. */
function answering(name: string): RunTool {
  const { text, exitCode } = capturedOutput('smartctl', name);
  return async (call) => {
    if (call.okExitCodes?.includes(exitCode)) return { stdout: text, stderr: '', exitCode };
    throw new ToolError(call, { exitCode, why: `exit code ${exitCode}`, stderrTail: '' });
  };
}

suite('SMART', () => {
  test('is asked for as the captured reports were', () => {
    assert.deepEqual(smartArgs('/dev/sdc'), capturedOutput('smartctl', 'ata').args);
  });

  test('of an ATA disk comes from its attributes', async () => {
    assert.deepEqual(await readSmart(answering('ata'), '/dev/sdc'), {
      passed: true,
      powerOnHours: 1,
      reallocatedSectors: 0,
      pendingSectors: null,
      uncorrectableErrors: null,
      percentageUsed: null,
      temperatureCelsius: 31,
    });
  });

  test('counts only what the text of a raw value begins with', () => {
    const report = JSON.parse(capturedOutput('smartctl', 'ata').text);
    const { table } = report.ata_smart_attributes;
    const reallocated = table.find(({ id }: { id: number }) => id === 5);
    reallocated.raw = { value: 0x300000c, string: '12 (768 0)' };
    table.push({ id: 197, raw: { value: 4, string: '4' } }, { id: 187, raw: { value: 7, string: '7' } });
    const summary = parseSmart(JSON.stringify(report));
    assert.deepEqual([summary?.reallocatedSectors, summary?.pendingSectors, summary?.uncorrectableErrors], [12, 4, 7]);
  });

  test('of a SAS disk comes from its log pages, although some of them failed', async () => {
    assert.deepEqual(await readSmart(answering('sas-worn'), '/dev/sda'), {
      passed: true,
      powerOnHours: 4321,
      reallocatedSectors: 3,
      pendingSectors: null,
      uncorrectableErrors: 3,
      percentageUsed: null,
      temperatureCelsius: 34,
    });
  });

  test('tells that a disk says of itself that it fails', async () => {
    const summary = await readSmart(answering('sas-failing'), '/dev/sda');
    assert.equal(summary?.passed, false);
  });

  test('of an NVMe disk comes from its health log', async () => {
    assert.deepEqual(await readSmart(answering('nvme'), '/dev/nvme0n1'), {
      passed: true,
      powerOnHours: 0,
      reallocatedSectors: null,
      pendingSectors: null,
      uncorrectableErrors: 0,
      percentageUsed: 0,
      temperatureCelsius: 50,
    });
  });

  test('is nothing on a disk that has none, and on a device of a kind that smartctl does not know', async () => {
    assert.equal(await readSmart(answering('scsi'), '/dev/sdd'), null);
    assert.equal(await readSmart(answering('not-a-disk-it-knows'), '/dev/vda'), null);
  });

  test('is nothing where smartctl is not installed', async () => {
    const run: RunTool = (call) => {
      const why = 'smartctl is not installed (looked in /usr/sbin)';
      return Promise.reject(new ToolError(call, { exitCode: null, why, stderrTail: '' }));
    };
    assert.equal(await readSmart(run, '/dev/sda'), null);
  });

  test('fails where the disk cannot be opened', async () => {
    await assert.rejects(readSmart(answering('missing'), '/dev/sdz'), ToolError);
  });
});

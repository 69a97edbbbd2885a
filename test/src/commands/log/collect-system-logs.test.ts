import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { collectSystemLogs } from '../../../../src/commands/log/collect-system-logs.ts';
import { makeCertificates } from '../../../../src/storage/erase/certificate/make-certificates.ts';
import { createJobContext } from '../../../support/job-context.ts';
import { failedDisk, purgedDisk, sampleErasure, samplePerformer } from '../../../support/sample-erasure.ts';

describe('log.collect_system_logs', () => {
  it('gives an archive of this machine that tar can read', async () => {
    const context = createJobContext({ devices: [] });
    const started = performance.now();
    const result = (await collectSystemLogs.run({}, context)) as { system_logs: string };
    assert.deepEqual(Object.keys(result), ['system_logs']);
    const input = Buffer.from(result.system_logs, 'base64');
    const names = execFileSync('tar', ['--list', '--gzip', '--file', '-'], { input, encoding: 'utf8' }).split('\n');
    for (const name of ['lsblk', 'mount', 'df', 'ps', 'meminfo'])
      assert.ok(names.includes(name), `${name} in ${names}`);
    assert.ok(performance.now() - started < 55_000);
  });

  it('has the erase certificates of this boot in it, byte for byte', async () => {
    const context = createJobContext({ devices: [] });
    const { host, disks } = makeCertificates(sampleErasure([purgedDisk(), failedDisk()]), null, samplePerformer);
    for (const certificate of [host, ...disks]) context.certificates.save(certificate);
    const result = (await collectSystemLogs.run({}, context)) as { system_logs: string };
    const input = Buffer.from(result.system_logs, 'base64');
    for (const certificate of [host, ...disks]) {
      for (const form of ['json', 'html'] as const) {
        const member = `erase-certificates/${certificate.id}.${form}`;
        const args = ['--extract', '--to-stdout', '--gzip', '--file', '-', member];
        assert.equal(execFileSync('tar', args, { input, encoding: 'utf8' }), certificate[form]);
      }
    }
  });

  it('comes all the same where the certificates cannot be read', async () => {
    const broken = (): never => {
      throw new Error('the directory is gone');
    };
    const context = { ...createJobContext({ devices: [] }), certificates: { save: broken, ids: broken, read: broken } };
    const result = (await collectSystemLogs.run({}, context)) as { system_logs: string };
    const args = ['--extract', '--to-stdout', '--gzip', '--file', '-', 'erase-certificates/not-collected'];
    const told = execFileSync('tar', args, { input: Buffer.from(result.system_logs, 'base64'), encoding: 'utf8' });
    assert.equal(told, 'the directory is gone\n');
  });

  it('ends when the job is aborted', async () => {
    const stop = new AbortController();
    stop.abort(new Error('aborted by the test'));
    const context = createJobContext({ devices: [], signal: stop.signal });
    await assert.rejects(collectSystemLogs.run({}, context), /aborted by the test/);
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createFioReader, type FioJob } from '../../../src/tools/fio-report.ts';
import { capturedOutput } from '../../support/captured-output.ts';

function read(text: string): { readonly reports: readonly (readonly FioJob[])[]; readonly remarks: string } {
  const reader = createFioReader();
  const reports = text.split('\n').flatMap((line) => {
    const jobs = line === '' ? null : reader.push(line);
    return jobs === null ? [] : [jobs];
  });
  return { reports, remarks: reader.remarks() };
}

suite('reports of fio', () => {
  test('tell what was written to each disk, and how fast', () => {
    const { reports, remarks } = read(capturedOutput('fio', 'write').text);
    const jobs = reports.at(-1) ?? [];
    assert.deepEqual(
      jobs.map(({ name, error, write, read: { bytes } }) => [name, error, write.bytes, bytes]),
      [
        ['/dev/loop0', 0, 67_108_864, 0],
        ['/dev/loop1', 0, 16_777_216, 0],
      ],
    );
    for (const { write } of jobs) assert.ok(write.bytesPerSecond > 1e6 && write.slowestMilliseconds > 0);
    assert.equal(remarks, '');
  });

  test('tell what was read back', () => {
    const jobs = read(capturedOutput('fio', 'verify').text).reports.at(-1) ?? [];
    assert.deepEqual(
      jobs.map((job) => [job.write.bytes, job.read.bytes]),
      [
        [0, 67_108_864],
        [0, 16_777_216],
      ],
    );
  });

  test('name the error of each job, and keep the remarks between them', () => {
    const { reports, remarks } = read(capturedOutput('fio', 'verify-other-checksum').text);
    assert.deepEqual(
      reports.at(-1)?.map(({ error }) => error),
      [84, 84],
    );
    assert.match(remarks, /^fio: pid=.*error=Invalid or incomplete multibyte/m);
  });

  test('come one after the other while it runs', () => {
    const { text } = capturedOutput('fio', 'write');
    assert.equal(read(`fio: waiting for connection\n${text}${text}`).reports.length, 2);
  });

  test('keep only the end of endless remarks', () => {
    const { remarks } = read('fio: waiting for connection\n'.repeat(10_000));
    assert.ok(remarks.length <= 4096);
  });

  test('that are none are an error', () => {
    assert.throws(() => read('{\n"jobs" : 3\n}\n'), /no jobs/);
    assert.throws(() => read('{\n"jobs" : [\n}\n'), SyntaxError);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Job } from 'bullmq';
import type { Logger } from 'pino';
import { createJobLog, jobLogLine } from '../../workers/job-log.ts';

const time = new Date('2026-11-22T10:00:00Z');

describe('a line of the log of a job', () => {
  it('reads well: time, level, message, then the fields', () => {
    assert.equal(
      jobLogLine(time, 'info', { program: 'sgdisk', exit_code: 0, args: ['--zap', '/dev/loop5'] }, 'tool'),
      '2026-11-22T10:00:00.000Z info tool program=sgdisk exit_code=0 args=["--zap","/dev/loop5"]',
    );
  });

  it('is one line, whatever the fields', () => {
    const fields = { text: 'a\nb "c"', empty: '', nothing: null, missing: undefined, deep: { a: ['\n'] } };
    assert.equal(
      jobLogLine(time, 'warn', fields, 'tool'),
      '2026-11-22T10:00:00.000Z warn tool text="a\\nb \\"c\\"" empty="" nothing=null missing=undefined deep={"a":["\\n"]}',
    );
  });

  it('can hold numbers that JSON cannot', () => {
    const line = jobLogLine(time, 'info', { number: 5n, inside: { rdev: 1797n }, not: Number.NaN }, 'x');
    assert.match(line, /number="5" inside=\{"rdev":"1797"\} not=null$/);
  });
});

/** What reached the log of the process, and what reached the job. */
function record(log: (line: string) => Promise<unknown>) {
  const said: unknown[][] = [];
  const write = (...args: unknown[]) => void said.push(args);
  const logger = { info: write, warn: write } as unknown as Logger;
  return { said, log: createJobLog({ id: 'x', log } as unknown as Job, logger) };
}

describe('the log of a job', () => {
  it('goes to the job and to the log of the process, with every secret masked', async () => {
    const lines: string[] = [];
    const { said, log } = record((line) => Promise.resolve(lines.push(line)));
    log.info({ url: 'http://user:hush@host/', password: 'hush' }, 'tool');
    log.warn({ device: '/dev/loop5' }, 'careful');
    assert.equal(JSON.stringify([lines, said]).includes('hush'), false);
    assert.match(lines[0] ?? '', / info tool url="http:\/\/\*\*\*@host\/" password="\*\*\*"$/);
    assert.match(lines[1] ?? '', / warn careful device=\/dev\/loop5$/);
    assert.deepEqual(said[1], [{ command_id: 'x', device: '/dev/loop5' }, 'careful']);
  });

  it('says where it could not go, and the job goes on', async () => {
    const { said, log } = record(() => Promise.reject(new Error('redis is full')));
    log.info({}, 'tool');
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(said[1]?.[1], 'job log line lost');
  });
});

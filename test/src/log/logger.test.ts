import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLogger } from '../../../src/log/logger.ts';

function capture(debug = false) {
  const lines: string[] = [];
  const log = createLogger({ name: 'test', debug, destination: { write: (line) => lines.push(line) } });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown> };
}

describe('createLogger', () => {
  it('writes one JSON object a line with name, level, time and message', () => {
    const { log, lines, last } = capture();
    log.info({ port: 9999 }, 'listening');
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /\n$/);
    const { time, pid, ...rest } = last();
    assert.deepEqual(rest, { name: 'test', level: 'info', port: 9999, msg: 'listening' });
    assert.equal(pid, process.pid);
    assert.match(String(time), /^\d{4}-\d\d-\d\dT/);
  });

  it('masks secrets in fields, in children, in messages and in errors', () => {
    const { log, lines, last } = capture();
    log.info(
      { params: { configdrive: 'sesame' }, url: '/v1/commands/?agent_token=sesame' },
      'POST ?agent_token=sesame',
    );
    log.error({ err: new Error('http://u:sesame@h/') }, 'failed');
    log.error(new Error('http://u:sesame@h/'), 'failed');
    assert.equal((last().err as { message: string }).message, 'http://***@h/');
    assert.doesNotMatch(lines.join(''), /sesame/);
  });

  it('tells details only when asked to', () => {
    const quiet = capture();
    quiet.log.debug({}, 'detail');
    assert.deepEqual(quiet.lines, []);
    const loud = capture(true);
    loud.log.debug({}, 'detail');
    assert.equal(loud.lines.length, 1);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inTime, NoAnswerInTimeError } from '../../api/in-time.ts';

/** Keeps the event loop from turning, as the parsing of a large body does. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('inTime', () => {
  it('gives the answer, or the error, that comes in time', async () => {
    assert.equal(await inTime(Promise.resolve(1)), 1);
    assert.equal(await inTime(sleep(20, 2)), 2);
    await assert.rejects(inTime(Promise.reject(new Error('no'))), /^Error: no$/);
  });

  it('gives up on an answer that does not come, and does not mind it failing later', async () => {
    const started = performance.now();
    const answer = Promise.withResolvers<void>();
    await assert.rejects(inTime(answer.promise), NoAnswerInTimeError);
    assert.ok(performance.now() - started >= 60);
    answer.reject(new Error('too late'));
    await sleep(1);
  });

  it('does not take an answer for missing that waited only for our own event loop', async () => {
    const answer = inTime(sleep(10, 'here'));
    await sleep(2);
    block(300);
    assert.equal(await answer, 'here');
  });

  it('waits longer where its own turns are late: so is Redis', async () => {
    const answer = inTime(sleep(200, 'here'));
    const load = setInterval(() => block(30), 1);
    try {
      assert.equal(await answer, 'here');
    } finally {
      clearInterval(load);
    }
  });
});

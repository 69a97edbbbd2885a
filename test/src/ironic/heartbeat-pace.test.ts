import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeartbeatPace } from '../../../src/ironic/heartbeat-pace.ts';

const timeoutSeconds = 300;
const regularDelay = 90;

/** A pace whose first heartbeat went off at 100 and was accepted at 101. */
function afterTheFirst({ accepted = true, random = 0 } = {}): HeartbeatPace {
  const pace = new HeartbeatPace(timeoutSeconds);
  beat(pace, 100, { accepted, random });
  return pace;
}

/** One that takes a second. */
function beat(pace: HeartbeatPace, at: number, { accepted = true, random = 0 } = {}): void {
  pace.sent(at);
  pace.answered(at + 1, { accepted, random });
}

describe('a heartbeat that is forced', () => {
  it('comes 5 seconds after the last one while nothing came of that', () => {
    const pace = afterTheFirst();
    pace.force(102);
    assert.equal(pace.dueAt, 106);
  });

  it('comes half a second after a request, and after the last one, when the conductor has acted upon that', () => {
    const pace = afterTheFirst();
    pace.heard(101.5);
    pace.force(101.6);
    assert.equal(pace.dueAt, 102);
  });

  it('is hastened by a request that comes after it was asked for', () => {
    const pace = afterTheFirst();
    pace.force(101.2);
    pace.heard(101.4);
    assert.equal(pace.dueAt, 101.5);
  });

  it('comes at once when the last request and the last heartbeat are past', () => {
    const pace = afterTheFirst();
    pace.heard(101.5);
    pace.force(130);
    assert.equal(pace.dueAt, 130);
  });

  it('is not kept from coming by more requests', () => {
    const pace = afterTheFirst();
    pace.heard(109);
    pace.force(110);
    for (let at = 110; at < 120; at += 0.5) pace.heard(at);
    assert.equal(pace.dueAt, 110);
  });

  it('keeps 5 seconds after one that failed', () => {
    const pace = afterTheFirst({ accepted: false, random: 0.9 });
    pace.heard(101.5);
    pace.force(102);
    assert.equal(pace.dueAt, 106);
  });

  it('comes no later than the regular one', () => {
    const pace = new HeartbeatPace(12);
    beat(pace, 100);
    pace.force(102);
    assert.equal(pace.dueAt, 101 + 0.3 * 12);
  });
});

describe('a heartbeat that nothing comes of', () => {
  it('is repeated after 5, 10 and 20 seconds, then as regularly as others, whether it was the first or forced', () => {
    const pace = afterTheFirst();
    const delays = (): number[] =>
      [0, 1, 2, 3].map(() => {
        const at = pace.dueAt;
        beat(pace, at);
        return pace.dueAt - at - 1;
      });
    assert.equal(pace.dueAt, 106);
    assert.deepEqual(delays(), [10, 20, regularDelay, regularDelay]);
    pace.force(1000);
    assert.deepEqual(delays(), [5, 10, 20, regularDelay]);
  });

  it('is repeated later by chance, up to twice as late', () => {
    assert.equal(afterTheFirst({ random: 0.5 }).dueAt, 101 + 7.5);
  });

  it('is not repeated once the conductor has sent a request, even while the heartbeat was under way', () => {
    const pace = new HeartbeatPace(timeoutSeconds);
    pace.sent(100);
    pace.heard(100.5);
    pace.answered(101, { accepted: true, random: 0 });
    assert.equal(pace.dueAt, 101 + regularDelay);
    beat(pace, pace.dueAt);
    assert.equal(pace.dueAt, 101 + regularDelay + 1 + regularDelay);
  });

  it('does not use up its repetitions by failures', () => {
    const pace = afterTheFirst({ accepted: false });
    assert.equal(pace.dueAt, 106);
    beat(pace, 106);
    assert.equal(pace.dueAt, 107 + 5);
  });
});

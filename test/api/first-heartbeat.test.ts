import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waitsForWorkers } from '../../api/first-heartbeat.ts';

const usual = { diskWaitAttempts: 10, diskWaitDelaySeconds: 3 };

describe('the first heartbeat', () => {
  it('does not wait for the workers, as their commands wait for them', () => {
    assert.equal(waitsForWorkers(usual, {}), false);
  });

  it('waits for them where a step was cut off', () => {
    assert.equal(
      waitsForWorkers(usual, { interruptedStep: { process: 'clean', step: 'erase_devices' } as never }),
      true,
    );
  });

  it('waits for them where they may look for disks longer than a conductor waits for an answer', () => {
    assert.equal(waitsForWorkers({ diskWaitAttempts: 40, diskWaitDelaySeconds: 3 }, {}), true);
  });
});

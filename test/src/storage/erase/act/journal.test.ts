import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EraseJournal } from '../../../../../src/storage/erase/act/journal.ts';
import type { ErasePlan } from '../../../../../src/storage/erase/plan/erase-plan.ts';
import type { SownEvidence } from '../../../../../src/storage/erase/verify/sown-evidence.ts';
import { usualEraseOptions } from '../../../../support/erase-request.ts';
import { memoryCheckpoint } from '../../../../support/memory-checkpoint.ts';

const plan: ErasePlan = {
  step: 'erase_devices',
  options: usualEraseOptions,
  release: [],
  erase: [],
  leftOut: [],
  refusals: [],
};
const run = { plan, hash: 'of a test', startedAt: '2026-01-01T00:00:00.000Z' };
const terabyte = 1e12;

/** As many marks as a large disk has. */
function makeSown(): SownEvidence {
  const offsets = (count: number): readonly number[] =>
    Array.from({ length: count }, (_, index) => (index * 30 * terabyte) / 4096 / count).map(
      (block) => Math.floor(block) * 4096,
    );
  return {
    watermarks: offsets(16).map((offset) => ({ offset, digest: 'af'.repeat(88) })),
    samples: offsets(256).map((offset) => ({ offset, digest: 'aZ_-09bcdefghijklmnopq' })),
  };
}

describe('EraseJournal', () => {
  it('gives the next process the very marks that were sown', () => {
    const checkpoint = memoryCheckpoint();
    const none = { watermarks: [], samples: [] };
    const journal = EraseJournal.begin(checkpoint, run);
    const sown = makeSown();
    journal.update('/dev/sda', { startedAt: run.startedAt, method: 'overwrite', sown });
    journal.update('/dev/sdb', { method: 'discard', sown: none });
    journal.update('/dev/sdc', { method: 'metadata', sown: null });
    const next = EraseJournal.resume(checkpoint);
    assert.deepEqual(next?.of('/dev/sda').sown, sown);
    assert.deepEqual([next?.of('/dev/sdb').sown, next?.of('/dev/sdc').sown], [none, null]);
    assert.deepEqual([next?.of('/dev/sda').resumed, next?.of('/dev/sdb').resumed], [1, 0]);
  });

  it('goes on from no record that was damaged', () => {
    const checkpoint = memoryCheckpoint();
    EraseJournal.begin(checkpoint, run).update('/dev/sda', { method: 'overwrite', sown: makeSown() });
    const whole = JSON.stringify(checkpoint.read());
    for (const [from, to] of [
      ['0:af', '0 af'],
      ['|', ' '],
      ['"version":2', '"version":1'],
    ] as const) {
      checkpoint.save(JSON.parse(whole.replace(from, to)));
      assert.ok(whole.includes(from), from);
      assert.throws(() => EraseJournal.resume(checkpoint), /cannot be read/, from);
    }
  });

  it('writes few bytes for each of a hundred disks: all of them go out with each change of one', () => {
    let bytes = 0;
    const kept = memoryCheckpoint();
    const checkpoint = {
      read: kept.read,
      save(value: unknown) {
        kept.save(value);
        bytes = JSON.stringify(value).length;
      },
    };
    const journal = EraseJournal.begin(checkpoint, run);
    for (let disk = 0; disk < 100; disk += 1)
      journal.update(`/dev/disk${disk}`, { method: 'overwrite', sown: makeSown() });
    assert.ok(bytes < 100 * 13_000, `${bytes} bytes`);
  });

  it('puts what is updated together on record at once, or not at all', () => {
    const checkpoint = memoryCheckpoint();
    const journal = EraseJournal.begin(checkpoint, run);
    journal.together(() => {
      journal.update('/dev/sda', { method: 'overwrite' });
      assert.deepEqual(EraseJournal.resume(checkpoint)?.of('/dev/sda').method, null);
      journal.update('/dev/sdb', { method: 'discard' });
    });
    const next = EraseJournal.resume(checkpoint);
    assert.deepEqual([next?.of('/dev/sda').method, next?.of('/dev/sdb').method], ['overwrite', 'discard']);
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { assertNoFailure } from '../../../src/burn-in/fio-failure.ts';

const traffic = { bytes: 0, bytesPerSecond: 0, slowestMilliseconds: 0 };
const job = (name: string, error: number) => ({ name, error, read: traffic, write: traffic });

suite('a failure of fio', () => {
  test('names each disk and what happened to it, in words', () => {
    const jobs = [job('/dev/sda', 84), job('/dev/sdb', 0), job('/dev/sdc', 5), job('/dev/sdd', 9999)];
    assert.throws(() => assertNoFailure('burn-in', { jobs, failure: null }), {
      details:
        'burn-in failed: /dev/sda: what was read back is not what was written; /dev/sdc: i/o error (EIO); ' +
        '/dev/sdd: unknown (error 9999)',
    });
  });

  test('is none where every job went well', () => {
    assertNoFailure('burn-in', { jobs: [job('/dev/sda', 0)], failure: null });
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readableProgress } from '../../api/readable-progress.ts';

const MiB = 2 ** 20;

test('the dashboard shows what a job has done in units that people read', () => {
  const progress = { phase: 'write', done: 410 * MiB, total: 1000 * MiB, unit: 'bytes', rate: 212 * MiB, eta: 180 };
  assert.deepEqual(readableProgress({ ...progress, source_bytes: 41 * MiB, device_bytes: 96 * MiB }), {
    phase: 'write',
    done: '41 %, 410 of 1000 MiB',
    rate: '212 MiB/s',
    left: '3 min',
    fetched: '41 MiB',
    on_the_disk: '96 MiB',
  });
});

test('the dashboard shows each device in one line', () => {
  const devices = {
    '/dev/sda': { phase: 'pass 1 of 2', done: 41, total: 100, rate: 0.01, eta: 7100 },
    '/dev/sdb': { phase: 'sanitize', done: 0, total: null, rate: 0, eta: null },
    '/dev/sdc': { phase: 'clean', done: 100, total: 100, rate: 0.01, eta: 0 },
  };
  const progress = { phase: 'erase', done: 1, total: 3, unit: 'devices', rate: 0, eta: null, devices };
  assert.deepEqual(readableProgress(progress), {
    phase: 'erase',
    done: '33 %, 1 of 3 devices',
    devices: {
      '/dev/sda': 'pass 1 of 2: 41 %, 1 h 58 min left',
      '/dev/sdb': 'sanitize',
      '/dev/sdc': 'clean',
    },
  });
});

test('the dashboard shows as it is what is no progress', () => {
  assert.equal(readableProgress(0), 0);
});

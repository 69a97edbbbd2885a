import assert from 'node:assert/strict';
import { it } from 'node:test';
import { statusMessage } from '../../api/status-message.ts';
import type { Progress } from '../../src/core/progress.ts';

const MiB = 2 ** 20;
const command = { id: 'a', name: 'deploy.execute_deploy_step', mode: 'async', queue: 'image', sequence: 1 } as const;

function entry(progress: Progress | null) {
  return { command: { ...command, label: 'write_image' }, outcome: { kind: 'running', progress } } as const;
}

const write: Progress = { phase: 'write', done: 41 * MiB, total: 100 * MiB, unit: 'bytes', rate: 212 * MiB, eta: 180 };

for (const [what, given, missing, expected] of [
  ['nothing while nothing runs', undefined, {}, null],
  ['the step before its first progress', entry(null), {}, 'write_image'],
  ['share, rate and time left', entry(write), {}, 'write_image 41 %, 212 MiB/s, 3 min left'],
  [
    'what is done where nobody knows the end',
    entry({ ...write, total: null, eta: null }),
    {},
    'write_image 41 MiB, 212 MiB/s',
  ],
  [
    'what was fetched and what is on the disk',
    entry({ ...write, source_bytes: 41 * MiB, device_bytes: 96 * MiB }),
    {},
    'write_image 41 %, 212 MiB/s, 3 min left, 41 MiB fetched, 96 MiB on the disk',
  ],
  [
    'the phase where the name of the step does not',
    entry({ ...write, phase: 'verify', done: 0, rate: 0, eta: null }),
    {},
    'write_image: verify 0 %',
  ],
  [
    'that it is another attempt',
    entry({ ...write, phase: 'write, attempt 2' }),
    {},
    'write_image: write, attempt 2 41 %, 212 MiB/s, 3 min left',
  ],
  [
    'what is done in other units',
    entry({ phase: 'discard', done: 2, total: null, unit: 'devices', rate: 0, eta: null }),
    {},
    'write_image: discard 2 devices',
  ],
  ['nothing of a worker that was just killed', entry(null), { storage: 8 }, 'write_image'],
  ['a worker that stays away, first', entry(null), { storage: 120 }, 'no storage worker for 2 min; write_image'],
  ['a worker that stays away though nothing runs', undefined, { system: 45 }, 'no system worker for 45 s'],
] as const) {
  it(`tells ${what}`, () => {
    const groups = Object.entries(missing) as ['storage' | 'system', number][];
    assert.equal(statusMessage(given, new Map(groups)), expected);
  });
}

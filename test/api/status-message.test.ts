import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ListedCommand } from '../../api/command-list.ts';
import { statusMessage } from '../../api/status-message.ts';
import type { DeviceProgress, Progress } from '../../src/core/progress.ts';
import { CommandCancelledError, ImageChecksumError } from '../../src/errors/catalogue.ts';
import type { SettledOutcome } from '../../src/queue/command-queues.ts';

const MiB = 2 ** 20;
const command = { id: 'a', name: 'deploy.execute_deploy_step', mode: 'async', queue: 'image', sequence: 1 } as const;

function ended(outcome: SettledOutcome): ListedCommand {
  return { command: { ...command, label: 'write_image' }, outcome };
}

function failure(error: typeof ImageChecksumError): SettledOutcome {
  return { kind: 'failed', error: new error('why').toWire() };
}

function entry(progress: Progress | null) {
  return { command: { ...command, label: 'write_image' }, outcome: { kind: 'running', progress } } as const;
}

const write: Progress = { phase: 'write', done: 41 * MiB, total: 100 * MiB, unit: 'bytes', rate: 212 * MiB, eta: 180 };

const at = (phase: string, done: number, eta: number | null, total: number | null = 100): DeviceProgress => ({
  phase,
  done,
  total,
  rate: 1,
  eta,
});

function erasing(devices: Readonly<Record<string, DeviceProgress>>, counted: Partial<Progress> = {}) {
  const progress = {
    phase: 'erase',
    done: 0,
    total: 8,
    unit: 'devices',
    rate: 0,
    eta: null,
    devices,
    ...counted,
  } as const;
  return { command: { ...command, label: 'erase_devices' }, outcome: { kind: 'running', progress } } as const;
}

for (const [what, given, missing, expected] of [
  ['that nothing was done yet, as Ironic may show what an earlier boot said', undefined, {}, 'no command yet'],
  ['that the last one is done', ended({ kind: 'succeeded', result: null }), {}, 'write_image done'],
  ['that the last one failed', ended(failure(ImageChecksumError)), {}, 'write_image failed'],
  ['that the last one was cancelled', ended(failure(CommandCancelledError)), {}, 'write_image cancelled'],
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
  [
    'how many devices are done, and which one takes longest',
    erasing({ '/dev/sda': at('pass 1', 80, 900), '/dev/sdc': at('pass 1', 41, 7100) }, { done: 3 }),
    {},
    'erase_devices: 3 of 8 disks done, slowest /dev/sdc 41 % of pass 1, about 2 h left',
  ],
  [
    'the time of the whole job where devices wait for their turn',
    erasing({ '/dev/sda': at('pass 1', 80, 900), '/dev/sdc': at('pass 1', 41, 1200) }, { done: 3, eta: 40_000 }),
    {},
    'erase_devices: 3 of 8 disks done, slowest /dev/sdc 41 % of pass 1, about 11 h left',
  ],
  [
    'that devices are not clean',
    erasing({ '/dev/sda': at('not clean', 0, null), '/dev/sdb': at('verify', 5, 30) }, { done: 2, total: 3 }),
    {},
    'erase_devices: 1 of 3 disks done, 1 not clean, /dev/sdb 5 % of verify, about 30 s left',
  ],
  [
    'how many are done of a job that counts bytes',
    erasing(
      { '/dev/sda': at('clean', 100, 0), '/dev/sdb': at('sanitize', 0, null, null) },
      { unit: 'bytes', total: 9 },
    ),
    {},
    'erase_devices: 1 of 2 disks done, /dev/sdb sanitize',
  ],
  [
    'the device where it is the only one',
    erasing({ '/dev/sda': at('pass 1 of 2', 41, 300) }, { total: 1 }),
    {},
    'erase_devices: /dev/sda 41 % of pass 1 of 2, about 7 min left',
  ],
  [
    'the time of the passes that are to follow, too',
    erasing({ '/dev/sda': at('pass 1 of 4', 40, 60), '/dev/sdb': at('pass 4 of 4', 10, 90) }),
    {},
    'erase_devices: 0 of 8 disks done, slowest /dev/sda 40 % of pass 1 of 4, about 6 min left',
  ],
  [
    'that all are done',
    erasing({ '/dev/sda': at('clean', 1, 0) }, { done: 1, total: 1 }),
    {},
    'erase_devices: 1 of 1 disks done',
  ],
  [
    'nothing of devices that wait for their turn',
    erasing({ '/dev/sda': at('waiting', 0, null, null), '/dev/sdb': at('sanitize', 12, null) }),
    {},
    'erase_devices: 0 of 8 disks done, /dev/sdb 12 % of sanitize',
  ],
  [
    'the one that has come least far where no drive tells the time',
    erasing({ '/dev/sda': at('sanitize', 80, null), '/dev/sdb': at('sanitize', 12, null) }),
    {},
    'erase_devices: 0 of 8 disks done, slowest /dev/sdb 12 % of sanitize',
  ],
  ['nothing of a worker that was just killed', entry(null), { storage: 8 }, 'write_image'],
  ['a worker that stays away, first', entry(null), { storage: 120 }, 'no storage worker for 2 min; write_image'],
  ['a worker that stays away though nothing runs', undefined, { system: 45 }, 'no system worker for 45 s'],
] as const) {
  it(`tells ${what}`, () => {
    const groups = Object.entries(missing) as ['storage' | 'system', number][];
    assert.equal(statusMessage(given ? [given] : [], new Map(groups)), expected);
  });
}

it('tells the last step, not what was answered at once after it', () => {
  const sync = { ...command, id: 'b', mode: 'sync', label: 'get_partition_uuids', sequence: 2 } as const;
  const answered = { command: sync, outcome: { kind: 'succeeded', result: {} } } as const;
  assert.equal(statusMessage([ended({ kind: 'succeeded', result: null }), answered]), 'write_image done');
  const running = { command: sync, outcome: { kind: 'running', progress: null } } as const;
  assert.equal(statusMessage([entry(write), running]), 'get_partition_uuids');
});

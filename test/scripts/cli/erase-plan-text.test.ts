import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planText } from '../../../scripts/cli/erase-plan-text.ts';
import type { PresentedErase, PresentedPlan } from '../../../src/storage/erase/plan/present-plan.ts';

const disk: PresentedErase = {
  device: '/dev/sda',
  model: 'Example Disk 4000',
  serial: 'S1',
  wwn: null,
  size_bytes: 4_000_787_030_016,
  method: 'ata-sanitize-crypto',
  why: 'IDENTIFY DEVICE has CRYPTO SCRAMBLE EXT',
  sanitization: 'purge',
  is_weaker: false,
  fallbacks: [],
  estimated_seconds: 120,
  reach: ['/dev/sda'],
  partitions: [],
  lane: 'sda',
  controller: null,
  abilities: [],
};

const plan: PresentedPlan = {
  hash: 'ab12',
  step: 'erase_devices',
  options: { concurrency: 4 },
  devices: [
    disk,
    {
      ...disk,
      device: '/dev/nvme0n1',
      reach: ['/dev/nvme0n1'],
      lane: 'nvme0',
      model: null,
      serial: null,
      size_bytes: 67_108_864,
      method: 'metadata',
      sanitization: null,
      estimated_seconds: null,
      why: 'every disk has it',
    },
  ],
  release: [],
  left_out: [],
  refusals: [],
};

describe('an erase plan at a terminal', () => {
  it('shows disk by disk what would be done, with what NIST calls it, the time and why', () => {
    assert.equal(
      planText(plan),
      [
        'erase_devices would do this, 2 disks at a time:',
        '',
        'DEVICE        MODEL              SERIAL  SIZE     METHOD               NIST   TIME',
        '/dev/sda      Example Disk 4000  S1      4.0 TB   ata-sanitize-crypto  Purge  about 2 min',
        '    IDENTIFY DEVICE has CRYPTO SCRAMBLE EXT',
        '/dev/nvme0n1  -                  -       67.1 MB  metadata             -      unknown',
        '    every disk has it',
        '',
        'Plan hash: ab12',
      ].join('\n'),
    );
  });

  it('begins with what refuses it, in sentences, and says that nothing would be erased', () => {
    const refusals = [
      { device: '/dev/sdc', reason: 'mounted', detail: '/dev/sdc is mounted at /' },
      { device: '/dev/sdd', reason: 'held', detail: '/dev/sdd is held by dm-1' },
    ];
    const lines = planText({ ...plan, refusals }).split('\n');
    assert.deepEqual(lines.slice(0, 5), [
      'REFUSED. erase_devices would erase nothing, on no disk, until this is solved:',
      '  * /dev/sdc is mounted at /',
      '  * /dev/sdd is held by dm-1',
      '',
      'erase_devices would do this if it were not refused, 2 disks at a time:',
    ]);
  });

  it('warns of what is weaker, of what is tried then, and of what is erased with it', () => {
    const weaker = { ...disk, is_weaker: true, fallbacks: ['overwrite'], reach: ['/dev/sda', '/dev/sdb'] };
    const text = planText({ ...plan, devices: [weaker] });
    assert.match(text, /^ {4}WEAKER than what this disk has$/m);
    assert.match(text, /^ {4}where that fails: overwrite$/m);
    assert.match(text, /^ {4}erases \/dev\/sdb, too$/m);
    assert.match(text, /one disk after the other/);
  });

  it('lists what is taken down first, in order, and what is left alone', () => {
    const disks = ['/dev/sda'];
    const text = planText({
      ...plan,
      release: [
        { kind: 'swap-off', device: '/dev/dm-0', disks },
        { kind: 'deactivate-volume', device: '/dev/dm-0', volume: 'vg/swap', parts: [], disks },
        { kind: 'remove-mapping', device: '/dev/dm-3', name: 'mpatha1', disks },
        { kind: 'stop-array', device: '/dev/md0', disks },
      ],
      left_out: [{ device: '/dev/sdb', why: 'it is on the skip list' }],
    });
    const expected = [
      'Taken down first, in this order:',
      '  * swap on /dev/dm-0 is switched off',
      '  * logical volume vg/swap (/dev/dm-0) is deactivated',
      '  * mapping mpatha1 (/dev/dm-3) is removed',
      '  * array /dev/md0 is stopped',
      '',
      'Left alone:',
      '  * /dev/sdb: it is on the skip list',
      '',
    ].join('\n');
    assert.ok(text.includes(expected), text);
  });

  it('says that there is nothing to erase', () => {
    assert.equal(planText({ ...plan, devices: [] }), 'erase_devices has no disk to erase.\n\nPlan hash: ab12');
  });

  it('lets no drive write to the terminal what it likes', () => {
    const text = planText({ ...plan, devices: [{ ...disk, model: 'A\u001b[2JB', why: 'x\u202ey' }] });
    assert.ok(text.includes('A\\u{1b}[2JB') && text.includes('x\\u{202e}y'), text);
    assert.ok(!text.includes('\u001b') && !text.includes('\u202e'));
  });

  it('breaks long sentences to the width of the terminal', () => {
    const why = 'word '.repeat(60).trim();
    const lines = planText({ ...plan, devices: [{ ...disk, why }] }, 80).split('\n');
    const broken = lines.filter((line) => line.includes('word'));
    assert.ok(broken.length > 3 && broken.every((line) => line.length <= 80 && line.startsWith('    word')));
  });
});

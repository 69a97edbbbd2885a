import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { IronicNode } from '../../../src/core/ironic-node.ts';
import { findNamedByIdentity, findRootDevice as judgeDisks } from '../../../src/storage/root-device.ts';
import { makeDisk, makePartition } from '../../support/make-block-device.ts';

const gib = 1024 ** 3;
const findRootDevice = (...given: Parameters<typeof judgeDisks>) => judgeDisks(...given).device;
const nodeWith = (fields: Partial<IronicNode> = {}): IronicNode => ({ uuid: 'n', ...fields });

suite('without hints', () => {
  test('takes the smallest disk of at least 4 GiB', () => {
    const devices = [
      makeDisk('/dev/sda', { sizeBytes: 8 * gib }),
      makeDisk('/dev/sdb', { sizeBytes: 4 * gib }),
      makeDisk('/dev/sdc', { sizeBytes: 4 * gib - 1 }),
      makePartition('/dev/sda', 1, { sizeBytes: 4 * gib }),
    ];
    assert.equal(findRootDevice(devices, nodeWith()).path, '/dev/sdb');
  });

  test('takes the first name of equal disks, whatever the order of the list', () => {
    const disks = ['/dev/sdc', '/dev/sda', '/dev/sdb'].map((path) => makeDisk(path));
    assert.equal(findRootDevice(disks, nodeWith()).path, '/dev/sda');
  });

  test('takes a single disk of any size', () => {
    const devices = [makeDisk('/dev/loop0', { sizeBytes: gib }), makePartition('/dev/loop0', 1)];
    assert.equal(findRootDevice(devices, nodeWith()).path, '/dev/loop0');
  });

  test('tells of each disk why it was not taken', () => {
    const devices = ['/dev/sda', '/dev/sdb'].map((path) => makeDisk(path, { sizeBytes: gib }));
    const skipped = nodeWith({ properties: { skip_block_devices: [{ name: '/dev/sda' }] } });
    assert.throws(() => findRootDevice(devices, skipped), {
      name: 'DeviceNotFound',
      details: '/dev/sda: it is on the skip list; /dev/sdb: it is smaller than 4 GiB (1073741824 bytes)',
    });
  });

  test('finds none where there is no disk', () => {
    assert.throws(() => findRootDevice([], nodeWith()), { details: 'this machine has no disk' });
  });

  test('never takes a disk on the skip list, nor one that is larger than another that fits', () => {
    const disk = fc.record({ number: fc.integer({ min: 0, max: 25 }), sizeGib: fc.integer({ min: 1, max: 9 }) });
    const machine = fc.uniqueArray(disk, { selector: ({ number }) => number, minLength: 2 });
    fc.assert(
      fc.property(machine, fc.array(fc.integer({ min: 0, max: 25 })), (disks, skippedNumbers) => {
        const pathOf = (number: number): string => `/dev/sd${String.fromCharCode(97 + number)}`;
        const devices = disks.map(({ number, sizeGib }) => makeDisk(pathOf(number), { sizeBytes: sizeGib * gib }));
        const skipped = skippedNumbers.map(pathOf);
        const node = nodeWith({ properties: { skip_block_devices: skipped.map((name) => ({ name })) } });
        const fit = devices.filter(({ path, sizeBytes }) => !skipped.includes(path) && sizeBytes >= 4 * gib);
        if (fit.length === 0) return assert.throws(() => findRootDevice(devices, node), { name: 'DeviceNotFound' });
        const { sizeBytes, path } = findRootDevice(devices, node);
        assert.equal(sizeBytes, Math.min(...fit.map((device) => device.sizeBytes)));
        assert.ok(fit.some((device) => device.path === path));
      }),
    );
  });
});

suite('with hints', () => {
  const disks = [
    makeDisk('/dev/sda', { serial: 'A', model: 'm', sizeBytes: 200 * gib }),
    makeDisk('/dev/sdb', { serial: 'B', model: 'm' }),
    makeDisk('/dev/sdc', { serial: 'C', model: 'm', sizeBytes: gib }),
  ];
  const hinted = (hints: unknown) => nodeWith({ properties: { root_device: hints } });

  test('takes the disk that matches, whatever its size', () => {
    assert.equal(findRootDevice(disks, hinted({ serial: 'c' })).path, '/dev/sdc');
  });

  test('takes the first in the order of the list when several match', () => {
    assert.equal(findRootDevice(disks, hinted({ model: 'm' })).path, '/dev/sda');
  });

  test('those of instance_info go before those of properties', () => {
    const node = nodeWith({
      instance_info: { root_device: { serial: 'B' } },
      properties: { root_device: { serial: 'C' } },
    });
    assert.equal(findRootDevice(disks, node).path, '/dev/sdb');
  });

  test('empty ones in instance_info do not hide those of properties', () => {
    const node = nodeWith({ instance_info: { root_device: {} }, properties: { root_device: { serial: 'C' } } });
    assert.equal(findRootDevice(disks, node).path, '/dev/sdc');
  });

  test('a disk on the skip list is not taken even when it matches', () => {
    const node = nodeWith({ properties: { root_device: { model: 'm' }, skip_block_devices: [{ serial: 'A' }] } });
    assert.equal(findRootDevice(disks, node).path, '/dev/sdb');
  });

  test('the single disk is not taken when it does not match', () => {
    assert.throws(() => findRootDevice([makeDisk('/dev/sda')], hinted({ serial: 'X' })), {
      details: '/dev/sda: its serial is unknown',
    });
  });

  test('wrong hints are told, and no disk is taken', () => {
    assert.throws(() => findRootDevice(disks, hinted({ sise: 5 })), {
      name: 'DeviceNotFound',
      details: /^root device hint sise: 5 is not a hint/,
    });
    assert.throws(() => findRootDevice(disks, hinted('serial=A')), { name: 'DeviceNotFound' });
  });
});

suite('the judgement', () => {
  const disks = [
    makeDisk('/dev/sda', { serial: 'A', model: 'm', sizeBytes: 200 * gib }),
    makeDisk('/dev/sdb', { serial: 'B', model: 'm', sizeBytes: 5 * gib }),
    makeDisk('/dev/sdc', { serial: 'C', sizeBytes: gib }),
    makeDisk('/dev/sdd', { serial: 'D', model: 'm', sizeBytes: 5 * gib }),
  ];

  test('says what speaks for and against each disk, with hints', () => {
    const hints = { model: 'm', size: '< 100' };
    const properties = { root_device: hints, skip_block_devices: [{ serial: 'D' }] };
    assert.deepEqual(judgeDisks([...disks, makePartition('/dev/sdb', 1)], nodeWith({ properties })).judged, [
      {
        device: '/dev/sda',
        chosen: false,
        reasons: ['model "m" matches "m"', 'size 200 GiB does not match "< 100"'],
      },
      {
        device: '/dev/sdb',
        chosen: true,
        reasons: ['model "m" matches "m"', 'size 5 GiB matches "< 100"', 'it is the first disk that matches all hints'],
      },
      { device: '/dev/sdc', chosen: false, reasons: ['size 1 GiB matches "< 100"', 'its model is unknown'] },
      { device: '/dev/sdd', chosen: false, reasons: ['it is on the skip list'] },
    ]);
  });

  test('names the disk that came first where several match', () => {
    const { judged } = judgeDisks(disks, nodeWith({ properties: { root_device: { serial: '<or> D <or> B' } } }));
    assert.deepEqual(
      judged.map(({ chosen, reasons }) => [chosen, reasons.at(-1)]),
      [
        [false, 'serial "A" does not match "<or> D <or> B"'],
        [true, 'it is the first disk that matches all hints'],
        [false, 'serial "C" does not match "<or> D <or> B"'],
        [false, '/dev/sdb matches too and comes first'],
      ],
    );
  });

  test('goes by the size without hints', () => {
    assert.deepEqual(
      judgeDisks(disks, nodeWith()).judged.map(({ chosen, reasons }) => [chosen, ...reasons]),
      [
        [false, 'it is not smaller than 4 GiB (214748364800 bytes)', '/dev/sdb is smaller'],
        [true, 'it is not smaller than 4 GiB (5368709120 bytes)', 'it is the smallest such disk'],
        [false, 'it is smaller than 4 GiB (1073741824 bytes)'],
        [false, 'it is not smaller than 4 GiB (5368709120 bytes)', '/dev/sdb is of the same size and first by name'],
      ],
    );
  });

  test('chooses exactly one disk, and is data that JSON can carry', () => {
    const { device, judged } = judgeDisks(disks, nodeWith());
    assert.deepEqual(
      judged.filter(({ chosen }) => chosen).map((one) => one.device),
      [device.path],
    );
    assert.deepEqual(JSON.parse(JSON.stringify(judged)), judged);
  });
});

suite('disks named by identity', () => {
  const disks = [makeDisk('/dev/sda', { serial: 'A', model: 'm' }), makeDisk('/dev/sdb', { serial: 'B', model: 'm' })];
  const named = (hints: unknown): readonly string[] => [
    ...findNamedByIdentity(disks, nodeWith({ properties: { root_device: hints } })),
  ];

  test('a name, serial number or WWN names a disk', () => {
    assert.deepEqual(named({ serial: 'B' }), ['/dev/sdb']);
    assert.deepEqual(named({ name: 's== /dev/sda' }), ['/dev/sda']);
  });

  test('a quality, an alternative or a part of an identity does not', () => {
    assert.deepEqual(named({ model: 'm', size: 100 }), []);
    assert.deepEqual(named({ serial: '<or> A <or> C' }), []);
    assert.deepEqual(named({ serial: '<in> A' }), []);
    assert.deepEqual(named({ serial: 's!= A' }), []);
  });

  test('neither do hints that make no sense, nor none at all', () => {
    assert.deepEqual(named({ serial: '' }), []);
    assert.deepEqual(named(undefined), []);
  });
});

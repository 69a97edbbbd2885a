import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { BlockDevice } from '../../../../../src/core/block-device.ts';
import { selectEraseTargets, type TargetOptions } from '../../../../../src/storage/erase/targets/select-targets.ts';
import type { TargetFacts } from '../../../../../src/storage/erase/targets/target-facts.ts';
import { makeHolders, makeNode } from '../../../../support/block-node.ts';
import { makeDisk, makePartition } from '../../../../support/make-block-device.ts';

const usual: TargetOptions = { dissolveArrays: false, skipReadOnly: false };

function select(
  devices: readonly BlockDevice[],
  given: { facts?: Partial<TargetFacts>; options?: Partial<TargetOptions>; skip?: unknown } = {},
) {
  const plain = makeHolders(devices.map(({ path }) => path));
  const facts = { holders: plain, members: [], bootMedia: [], ...given.facts };
  const node = { uuid: 'n', properties: { skip_block_devices: given.skip ?? [] } };
  const { disks, leftOut, refusals } = selectEraseTargets(devices, node, { ...usual, ...given.options }, facts);
  return {
    disks: disks.map(({ disk, partitions }) => [disk.path, ...partitions.map(({ path }) => path)].join(' ')),
    leftOut: leftOut.map(({ device, why }) => `${device}: ${why}`),
    refusals: refusals.map(({ device, reason, detail }) => `${device} ${reason}: ${detail}`),
  };
}

test('each disk comes with its own partitions', () => {
  const devices = [
    makeDisk('/dev/sda'),
    makeDisk('/dev/sdb'),
    makePartition('/dev/sda', 1),
    makePartition('/dev/sdb', 1),
    makePartition('/dev/sdb', 2),
  ];
  const disks = ['/dev/sda /dev/sda1', '/dev/sdb /dev/sdb1 /dev/sdb2'];
  assert.deepEqual(select(devices), { disks, leftOut: [], refusals: [] });
});

test('what is left out is told with its reason', () => {
  const devices = [
    makeDisk('/dev/sda'),
    makeDisk('/dev/sdb', { readOnly: true }),
    makeDisk('/dev/sdc'),
    makePartition('/dev/sdc', 1, { label: 'IR-VFD-DEV' }),
    makeDisk('/dev/sdd', { transport: 'usb', vendor: 'AMI', model: 'Virtual Floppy0' }),
    makeDisk('/dev/sde', { serial: 'KEEP' }),
    makeDisk('/dev/sdf'),
    makeDisk('/dev/sdg', { fileSystem: 'mpath_member' }),
  ];
  const bootMedia = [{ disk: '/dev/sdf', why: 'it holds the running system (mounted on /)' }];
  const holders = makeHolders(devices.map(({ path }) => path));
  const found = select(devices, {
    facts: { bootMedia, holders },
    options: { skipReadOnly: true },
    skip: [{ serial: 'KEEP' }],
  });
  assert.deepEqual(found, {
    disks: ['/dev/sda'],
    leftOut: [
      '/dev/sdb: it is read-only',
      '/dev/sdc: it is virtual media of Ironic (label IR-VFD-DEV)',
      '/dev/sdd: it is virtual media (AMI Virtual Floppy0)',
      '/dev/sde: it is on the skip list',
      '/dev/sdf: it holds the running system (mounted on /)',
      '/dev/sdg: it is a path of a multipath device',
    ],
    refusals: [],
  });
});

test('a read-only disk is a target for the guard to refuse where nobody wants it left out', () => {
  assert.deepEqual(select([makeDisk('/dev/sda', { readOnly: true })]).disks, ['/dev/sda']);
});

test('paths of a multipath device are left out, and the device is erased once', () => {
  const devices = [makeDisk('/dev/sda'), makeDisk('/dev/sdb'), makeDisk('/dev/dm-0')];
  const map = makeNode('/dev/dm-0', { kind: 'multipath', below: ['/dev/sda', '/dev/sdb'] });
  const found = select(devices, { facts: { holders: makeHolders(['/dev/sda', '/dev/sdb'], [map]) } });
  assert.deepEqual(found.disks, ['/dev/dm-0']);
  assert.deepEqual(found.leftOut, ['/dev/sda: it is a path of /dev/dm-0', '/dev/sdb: it is a path of /dev/dm-0']);
});

test('the name of a path protects its multipath device', () => {
  const map = makeNode('/dev/dm-0', { kind: 'multipath', below: ['/dev/sda', '/dev/sdb'] });
  const holders = makeHolders(['/dev/sda', '/dev/sdb'], [map]);
  const found = select([makeDisk('/dev/dm-0')], { facts: { holders }, skip: [{ name: '/dev/sdb' }] });
  assert.deepEqual(found.leftOut, ['/dev/dm-0: it is on the skip list']);
});

test('two disks that cannot be told from each other are refused: they may be one', () => {
  const twin = { wwn: '0x5000c500', serial: 'S' };
  const devices = [makeDisk('/dev/sda', twin), makeDisk('/dev/sdb', twin), makeDisk('/dev/sdc', { serial: 'S' })];
  const { disks, refusals } = select(devices);
  assert.deepEqual(disks, ['/dev/sdc']);
  assert.match(
    refusals[0] ?? '',
    /^\/dev\/sda second-path: \/dev\/sda has the WWN, serial number and size of \/dev\/sdb/,
  );
  assert.match(
    refusals[1] ?? '',
    /^\/dev\/sdb second-path: \/dev\/sdb has the WWN, serial number and size of \/dev\/sda/,
  );
});

for (const [what, scene] of [
  ['is on the skip list', { skip: [{ name: '/dev/sda' }] }],
  ['holds the running system', { facts: { bootMedia: [{ disk: '/dev/sda', why: 'it holds the running system' }] } }],
] as const) {
  test(`another path to a disk that ${what} is refused: what lies there is the same`, () => {
    const twin = { wwn: '0x5000c500', serial: 'S' };
    const devices = [makeDisk('/dev/sda', twin), makeDisk('/dev/sdb', twin), makeDisk('/dev/sdc')];
    const { disks, refusals } = select(devices, scene);
    assert.deepEqual(disks, ['/dev/sdc']);
    assert.equal(refusals.length, 1);
    assert.match(refusals[0] ?? '', /^\/dev\/sdb second-path: .* of \/dev\/sda: it is the same disk over another path/);
  });
}

test('a multipath device is no second path of its own paths, but a path beside it is', () => {
  const twin = { wwn: '0x5000c500', serial: 'S' };
  const paths = ['/dev/sda', '/dev/sdb', '/dev/sdc'];
  const map = makeNode('/dev/dm-0', { kind: 'multipath', below: ['/dev/sda', '/dev/sdb'] });
  const facts = { holders: makeHolders(paths, [map]) };
  const both = ['/dev/sda', '/dev/sdb', '/dev/dm-0'].map((path) => makeDisk(path, twin));
  assert.deepEqual([select(both, { facts }).disks, select(both, { facts }).refusals], [['/dev/dm-0'], []]);
  const beside = select([...both, makeDisk('/dev/sdc', twin)], { facts });
  assert.deepEqual(beside.disks, []);
  assert.deepEqual(
    beside.refusals.map((text) => text.split(':')[0]),
    ['/dev/dm-0 second-path', '/dev/sdc second-path'],
  );
});

/** sda1 and sdb1 are md127, and sdc is nothing special. */
const raidDevices = [
  makeDisk('/dev/sda'),
  makePartition('/dev/sda', 1, { fileSystem: 'linux_raid_member' }),
  makeDisk('/dev/sdb'),
  makePartition('/dev/sdb', 1, { fileSystem: 'linux_raid_member' }),
  makeDisk('/dev/sdc'),
];
const raidPaths = raidDevices.map(({ path }) => path);
const array = makeNode('/dev/md127', { kind: 'array', below: ['/dev/sda1', '/dev/sdb1'] });
const arrayDisk = makeDisk('/dev/md127', { volumeName: 'data', transport: null });
const running = makeHolders(raidPaths, [array]);
const member = (where: string, arrayName: string | null) => ({ where, disk: where.slice(0, 8), arrayName });
const members = [member('/dev/sda1', 'host:data'), member('/dev/sdb1', 'host:data')];

suite('software RAID', () => {
  const devices = [...raidDevices, arrayDisk];

  test('of a running array the array is erased and the members are left out', () => {
    const found = select(devices, { facts: { holders: running } });
    assert.deepEqual(found.disks, ['/dev/sdc', '/dev/md127']);
    assert.deepEqual(found.leftOut, [
      '/dev/sda: it is a member of the software RAID /dev/md127, which runs',
      '/dev/sdb: it is a member of the software RAID /dev/md127, which runs',
    ]);
  });

  test('the members are erased and the array is not where arrays are dissolved', () => {
    const found = select(devices, { facts: { holders: running }, options: { dissolveArrays: true } });
    assert.deepEqual(found.disks, ['/dev/sda /dev/sda1', '/dev/sdb /dev/sdb1', '/dev/sdc']);
    assert.deepEqual(found.leftOut, ['/dev/md127: it is a software RAID, of which the members are erased instead']);
  });

  test('a member that no running array holds is an ordinary disk', () => {
    assert.deepEqual(select(raidDevices).disks, ['/dev/sda /dev/sda1', '/dev/sdb /dev/sdb1', '/dev/sdc']);
  });

  test('an array that does not run does not keep its members', () => {
    const stopped = makeHolders(raidPaths, [{ ...array, isActive: false }]);
    const found = select(raidDevices, { facts: { holders: stopped } });
    assert.deepEqual(found.disks, ['/dev/sda /dev/sda1', '/dev/sdb /dev/sdb1', '/dev/sdc']);
  });

  for (const dissolveArrays of [false, true]) {
    test(`an array on the skip list keeps all its members (dissolving arrays: ${dissolveArrays})`, () => {
      const lists: readonly unknown[] = [[{ volume_name: 'data' }], [{ name: '/dev/md127' }]];
      for (const skip of lists) {
        const found = select(devices, { facts: { holders: running, members }, options: { dissolveArrays }, skip });
        assert.deepEqual(found, {
          disks: ['/dev/sdc'],
          leftOut: [
            '/dev/sda: it carries /dev/md127, which is on the skip list',
            '/dev/sdb: it carries /dev/md127, which is on the skip list',
            '/dev/md127: it is on the skip list',
          ],
          refusals: [],
        });
      }
    });
  }

  test('a running array is known by the superblocks of its members where udev does not name it', () => {
    const { volumeName: _, ...unnamed } = arrayDisk;
    const found = select([...raidDevices, unnamed], {
      facts: { holders: running, members },
      skip: [{ volume_name: 'data' }],
    });
    assert.deepEqual(found.disks, ['/dev/sdc']);
    assert.deepEqual(found.refusals, []);
  });

  test('a member of an array on the skip list stays although the array does not run', () => {
    for (const arrayName of ['data', 'host:data']) {
      const found = select(raidDevices, {
        facts: { members: [member('/dev/sda1', arrayName), member('/dev/sdb1', 'other')] },
        skip: [{ volume_name: 'data' }],
      });
      assert.deepEqual(found.disks, ['/dev/sdb /dev/sdb1', '/dev/sdc']);
      assert.deepEqual(found.leftOut, [
        `/dev/sda: it is a member of the array ${arrayName}, which is on the skip list`,
      ]);
    }
  });

  test('a member in a partition that only the table knows protects its disk too', () => {
    const hidden = { where: 'partition 3 of /dev/sdc', disk: '/dev/sdc', arrayName: 'data' };
    const found = select([makeDisk('/dev/sdc')], { facts: { members: [hidden] }, skip: [{ volume_name: 'data' }] });
    assert.deepEqual(found.disks, []);
  });

  test('a member whose array has no known name is refused while the skip list has names of arrays', () => {
    const facts = { members: [member('/dev/sda1', null), member('/dev/sdb1', 'other')] };
    const found = select(raidDevices, { facts, skip: [{ volume_name: 'data' }] });
    assert.deepEqual(found.disks, ['/dev/sdb /dev/sdb1', '/dev/sdc']);
    assert.deepEqual(found.refusals, [
      '/dev/sda skip-list: /dev/sda1 is RAID of unknown name, and the skip list protects arrays by name; it may be one of them',
    ]);
    assert.deepEqual(select(raidDevices, { facts, skip: [{ serial: 'X' }] }).refusals, []);
  });

  test('a running array of unknown name is refused as well', () => {
    const { volumeName: _, ...unnamed } = arrayDisk;
    const facts = { holders: running, members: [member('/dev/sda1', null), member('/dev/sdb1', null)] };
    const found = select([...raidDevices, unnamed], { facts, skip: [{ volume_name: 'data' }] });
    assert.deepEqual(found.disks, ['/dev/sdc']);
    assert.match(found.refusals[0] ?? '', /^\/dev\/md127 skip-list: \/dev\/md127 is RAID of unknown name/);
  });

  test('an array with a member on the skip list is refused, not erased by half', () => {
    const found = select(devices, { facts: { holders: running }, skip: [{ name: '/dev/sdb' }] });
    assert.deepEqual(found.disks, ['/dev/sdc']);
    assert.deepEqual(found.leftOut, [
      '/dev/sda: it is a member of the software RAID /dev/md127, which runs',
      '/dev/sdb: it is on the skip list',
    ]);
    assert.deepEqual(found.refusals, [
      '/dev/md127 skip-list: /dev/md127 lies on /dev/sdb, /dev/sdb1, which the skip list protects; it cannot be erased by half',
    ]);
  });

  test('the neighbour of an array on the skip list is erased: it shares the disks and no data', () => {
    const second = { kind: 'array', below: ['/dev/sda2', '/dev/sdb2'] } as const;
    const holders = makeHolders([...raidPaths, '/dev/sda2', '/dev/sdb2'], [array, makeNode('/dev/md126', second)]);
    const found = select([...devices, makeDisk('/dev/md126', { volumeName: 'other' })], {
      facts: { holders },
      skip: [{ volume_name: 'data' }],
    });
    assert.deepEqual(found.disks, ['/dev/sdc', '/dev/md126']);
    assert.deepEqual(found.refusals, []);
  });
});

test('a skip list that makes no sense is an error', () => {
  assert.throws(() => select([makeDisk('/dev/sda')], { skip: [{}] }), { name: 'DeviceHintError' });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { BlockDevice } from '../../../src/core/block-device.ts';
import { findRefusals, type GuardPolicy } from '../../../src/storage/guard.ts';
import type { GuardFacts } from '../../../src/storage/guard-facts.ts';
import { makeDisk, makePartition } from '../../support/make-block-device.ts';

const free: GuardFacts = {
  readOnly: false,
  uses: [],
  taken: false,
  contents: [],
  transports: ['sata'],
  reservations: [],
  unreadable: null,
  bootMedium: null,
};
const strict: GuardPolicy = {
  clusterFileSystems: true,
  named: new Set(),
  fabricDevices: [],
  releasable: new Set(),
};
const disk = makeDisk('/dev/sda');

function reasons(facts: Partial<GuardFacts>, policy: Partial<GuardPolicy> = {}, device = disk): readonly string[] {
  const known = new Map([[device.path, { ...free, ...facts }]]);
  return findRefusals([device], known, { ...strict, ...policy }).map(({ reason, detail }) => `${reason}: ${detail}`);
}

const content = (where: string, fields: { partitionType?: string; signatures?: string[]; labels?: string[] }) => ({
  where,
  partitionType: null,
  signatures: [],
  labels: [],
  ...fields,
});

test('a disk that nothing speaks against may be destroyed', () => {
  assert.deepEqual(reasons({ contents: [content('/dev/sda1', { signatures: ['ext4'], labels: ['root'] })] }), []);
});

test('a disk of which nothing is known is refused', () => {
  const [refusal] = findRefusals([disk], new Map(), strict);
  assert.equal(refusal?.reason, 'unreadable');
});

test('a disk whose facts could not be read is refused, with the cause', () => {
  const facts = new Map([[disk.path, new Error('wipefs: input/output error')]]);
  assert.deepEqual(findRefusals([disk], facts, strict), [
    { device: '/dev/sda', reason: 'unreadable', detail: '/dev/sda cannot be judged: wipefs: input/output error' },
  ]);
});

test('read-only, mounted, swap and held devices are refused', () => {
  const uses = [
    { kind: 'mounted', device: '/dev/sda1', by: '/boot' },
    { kind: 'swap', device: '/dev/sda2', by: 'swap' },
    { kind: 'held', device: '/dev/sda3', by: '/dev/md0' },
  ] as const;
  assert.deepEqual(reasons({ readOnly: true, uses }), [
    'read-only: /dev/sda is read-only',
    'mounted: /dev/sda1 is mounted on /boot',
    'swap: /dev/sda2 is used as swap',
    'held: /dev/sda3 is part of /dev/md0',
  ]);
});

test('a device that was read-only when it was listed is refused too', () => {
  assert.deepEqual(reasons({}, {}, { ...disk, readOnly: true }), ['read-only: /dev/sda is read-only']);
});

suite('virtual media', () => {
  test('the parameter floppy of Ironic is refused by its label, on the disk or a partition', () => {
    const found = reasons({ contents: [content('/dev/sda', {}), content('/dev/sda1', { labels: ['IR-VFD-DEV'] })] });
    assert.deepEqual(found, ['virtual-media: /dev/sda must stay: it is virtual media of Ironic (label IR-VFD-DEV)']);
  });

  test('a medium that the management controller lends is refused by its model', () => {
    const lent = { ...disk, transport: 'usb', vendor: 'AMI', model: 'Virtual Floppy0' };
    assert.deepEqual(reasons({}, {}, lent), [
      'virtual-media: /dev/sda must stay: it is virtual media (AMI Virtual Floppy0)',
    ]);
  });

  test('a disk of a virtual machine is none', () => {
    const virtual: readonly Partial<BlockDevice>[] = [
      { transport: 'sas', vendor: 'VMware', model: 'Virtual disk' },
      { transport: 'sata', vendor: 'ATA', model: 'QEMU HARDDISK' },
      { transport: 'usb', vendor: 'SanDisk', model: 'Ultra' },
    ];
    for (const fields of virtual) assert.deepEqual(reasons({}, {}, { ...disk, ...fields }), []);
  });
});

suite('clustered file systems', () => {
  const cases: readonly [fields: { partitionType?: string; signatures?: string[] }, name: string][] = [
    [{ partitionType: 'aa31e02a-400f-11db-9590-000c2911d1b8' }, 'VMFS'],
    [{ partitionType: 'AA31E02A-400F-11DB-9590-000C2911D1B8' }, 'VMFS'],
    [{ partitionType: '0xfb' }, 'VMFS'],
    [{ partitionType: '37AFFC90-EF7D-4E96-91C3-2D7AE055B174' }, 'GPFS'],
    [{ signatures: ['VMFS_volume_member'] }, 'VMFS'],
    [{ signatures: ['gfs2'] }, 'GFS2'],
    [{ signatures: ['dos', 'ocfs2'] }, 'OCFS2'],
  ];
  for (const [fields, name] of cases) {
    test(`${JSON.stringify(fields)} is ${name}`, () => {
      assert.deepEqual(reasons({ contents: [content('/dev/sda1', fields)] }), [
        `cluster-file-system: /dev/sda1 holds ${name}, which other machines may be using`,
      ]);
    });
  }

  test('they are no objection when the guard for them is off', () => {
    const contents = cases.map(([fields]) => content('/dev/sda1', fields));
    assert.deepEqual(reasons({ contents }, { clusterFileSystems: false }), []);
  });
});

suite('fabrics', () => {
  for (const transport of ['fc', 'fcoe', 'iscsi', 'nvme-tcp', 'nvme-rdma', 'nvme-fc', 'nvme-unknown', 'rbd', 'nbd']) {
    test(`a disk attached by ${transport} is refused unless it was named`, () => {
      assert.match(reasons({ transports: [transport] })[0] ?? '', /^fabric: \/dev\/sda is attached by /);
      assert.deepEqual(reasons({ transports: [transport] }, { named: new Set(['/dev/sda']) }), []);
      assert.equal(reasons({ transports: [transport] }, { named: new Set(['/dev/sdb']) }).length, 1);
    });
  }

  for (const transport of ['sata', 'sas', 'usb', 'nvme', 'nvme-pcie', 'virtio']) {
    test(`a disk attached by ${transport} is local`, () => {
      assert.deepEqual(reasons({ transports: [transport] }), []);
    });
  }

  test('an array is refused when one of its disks is on a fabric', () => {
    assert.equal(reasons({ transports: ['sata', 'fc'] }).length, 1);
  });

  test('naming a disk does not lift any other objection', () => {
    const uses = [{ kind: 'mounted', device: '/dev/sda', by: '/' }] as const;
    assert.equal(reasons({ transports: ['fc'], uses }, { named: new Set(['/dev/sda']) }).length, 1);
  });
});

suite('what keeps a disk for somebody else', () => {
  test('a disk that is reserved is refused, with the one who holds it', () => {
    assert.deepEqual(reasons({ reservations: [{ disk: '/dev/sda', holder: '0x1234abcd' }] }), [
      'reserved: /dev/sda is reserved by 0x1234abcd',
    ]);
  });

  test('a disk that cannot be read is refused', () => {
    assert.deepEqual(reasons({ unreadable: 'at byte 0: EIO: i/o error, read' }), [
      'unreadable: /dev/sda cannot be read: at byte 0: EIO: i/o error, read',
    ]);
  });

  test('the medium of the running system is refused', () => {
    assert.deepEqual(reasons({ bootMedium: 'it holds the running system (mounted on /)' }), [
      'boot-medium: /dev/sda must stay: it holds the running system (mounted on /)',
    ]);
  });

  test('a disk that somebody has to himself is refused, although nothing tells who', () => {
    assert.deepEqual(reasons({ taken: true }), [
      'held: /dev/sda is in use: the kernel or another process has it to itself',
    ]);
  });

  test('a path of a multipath device is refused', () => {
    assert.deepEqual(reasons({}, {}, { ...disk, fileSystem: 'mpath_member' }), [
      'held: /dev/sda is a path of a multipath device',
    ]);
  });
});

suite('what is taken down first', () => {
  const uses = [
    { kind: 'swap', device: '/dev/sda2', by: 'swap' },
    { kind: 'held', device: '/dev/sda3', by: '/dev/dm-0' },
  ] as const;

  test('is no objection', () => {
    assert.deepEqual(reasons({ uses }, { releasable: new Set(['/dev/sda2', '/dev/dm-0']) }), []);
  });

  test('leaves every other objection as it is', () => {
    const mounted = { kind: 'mounted', device: '/dev/sda3', by: '/srv' } as const;
    assert.deepEqual(
      reasons({ uses: [...uses, mounted] }, { releasable: new Set(['/dev/sda2', '/dev/sda3', '/dev/sda']) }),
      ['held: /dev/sda3 is part of /dev/dm-0', 'mounted: /dev/sda3 is mounted on /srv'],
    );
  });
});

test('a disk on a fabric may be named by any spelling of its serial number or WWN, and its partitions with it', () => {
  const lun = {
    ...disk,
    serial: 'S1',
    otherSerials: ['LONG-S1'],
    wwn: '0x6001405AB',
    wwnWithExtension: '0x6001405ab00',
  };
  const partition = makePartition('/dev/sda', 1);
  const facts = new Map([lun, partition].map(({ path }) => [path, { ...free, transports: ['iscsi'] }]));
  const refused = (fabricDevices: readonly string[]) =>
    findRefusals([lun, partition], facts, { ...strict, fabricDevices }).length;
  for (const id of ['s1', 'LONG-S1', '6001405ab', '0x6001405AB', ' 6001405ab00 ']) assert.equal(refused([id]), 0, id);
  for (const id of ['', '0x', 'S2', 'S', '/dev/sda']) assert.equal(refused([id]), 1, id);
});

test('all refusals of all devices are found, each once', () => {
  const partition = makePartition('/dev/sda', 1);
  const other = makeDisk('/dev/sdb');
  const mounted = { kind: 'mounted', device: '/dev/sda1', by: '/' } as const;
  const facts = new Map<string, GuardFacts | Error>([
    ['/dev/sda', { ...free, uses: [mounted] }],
    ['/dev/sda1', { ...free, uses: [mounted] }],
    ['/dev/sdb', { ...free, readOnly: true }],
  ]);
  const found = findRefusals([disk, partition, other], facts, strict).map(({ detail }) => detail);
  assert.deepEqual(found, ['/dev/sda1 is mounted on /', '/dev/sdb is read-only']);
});

test('more facts against a device never make it pass', () => {
  const use = fc.record({
    kind: fc.constantFrom('mounted', 'swap', 'held'),
    device: fc.constantFrom('/dev/sda', '/dev/sda1'),
    by: fc.string(),
  });
  const facts = fc.record({
    readOnly: fc.boolean(),
    uses: fc.array(use, { maxLength: 2 }),
    contents: fc.array(fc.constantFrom(content('/dev/sda1', { signatures: ['gfs2'] }), content('/dev/sda', {})), {
      maxLength: 2,
    }),
    transports: fc.array(fc.constantFrom('sata', 'fc'), { maxLength: 2 }),
    reservations: fc.array(fc.record({ disk: fc.constant('/dev/sda'), holder: fc.string() }), { maxLength: 1 }),
  });
  fc.assert(
    fc.property(facts, facts, (some, more) => {
      const both = {
        readOnly: some.readOnly || more.readOnly,
        uses: [...some.uses, ...more.uses],
        contents: [...some.contents, ...more.contents],
        transports: [...some.transports, ...more.transports],
        reservations: [...some.reservations, ...more.reservations],
      };
      const found = new Set(reasons(both));
      assert.ok(reasons(some).every((reason) => found.has(reason)));
    }),
  );
});

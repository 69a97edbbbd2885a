import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { BlockNode, HolderFacts } from '../../../../src/storage/holders/holder-facts.ts';
import { planRelease } from '../../../../src/storage/holders/plan-release.ts';
import { makeHolders, makeNode } from '../../../support/block-node.ts';
import { makeDisk } from '../../../support/make-block-device.ts';

function plan(facts: HolderFacts, targets: readonly string[] = ['/dev/sda'], dissolveArrays = false) {
  const { actions, refusals, releasable } = planRelease(
    targets.map((path) => makeDisk(path)),
    facts,
    { dissolveArrays },
  );
  return {
    actions: actions.map((action) => `${action.kind} ${'volume' in action ? action.volume : action.device}`),
    refusals: refusals.map(({ reason, detail }) => `${reason}: ${detail}`),
    releasable: [...releasable],
  };
}

const volume = (path: string, name: string, below: readonly string[], fields: Partial<BlockNode> = {}) =>
  makeNode(path, { kind: 'volume', name, group: 'G'.repeat(32), below, ...fields });

test('of disks that nobody uses nothing is taken down', () => {
  assert.deepEqual(plan(makeHolders(['/dev/sda', '/dev/sda1'])), { actions: [], refusals: [], releasable: [] });
});

test('a disk of which nothing is known is refused', () => {
  const facts = { nodes: [makeNode('/dev/sdb')], unread: [{ device: '/dev/sdb', why: 'it is gone' }] };
  assert.deepEqual(plan(facts, ['/dev/sda', '/dev/sdb']).refusals, [
    'unreadable: /dev/sdb cannot be judged: it is gone',
    'unreadable: /dev/sda cannot be judged: nothing is known of it',
  ]);
});

test('swap comes first, then volumes from the top, then arrays', () => {
  const facts = makeHolders(
    ['/dev/sda', '/dev/sda1', '/dev/sdb', '/dev/sdb1'],
    [
      makeNode('/dev/md0', { kind: 'array', below: ['/dev/sda1', '/dev/sdb1'] }),
      volume('/dev/dm-0', 'vg-swap', ['/dev/md0'], { isSwap: true }),
      volume('/dev/dm-1', 'vg-root', ['/dev/md0']),
    ],
  );
  assert.deepEqual(plan(facts, ['/dev/sda', '/dev/sdb'], true), {
    actions: ['swap-off /dev/dm-0', 'deactivate-volume vg/swap', 'deactivate-volume vg/root', 'stop-array /dev/md0'],
    refusals: [],
    releasable: ['/dev/dm-0', '/dev/dm-1', '/dev/md0'],
  });
});

test('each action names the disks that it is about', () => {
  const facts = makeHolders(['/dev/sda', '/dev/sdb'], [volume('/dev/dm-0', 'vg-lv', ['/dev/sdb', '/dev/sda'])]);
  const { actions } = planRelease([makeDisk('/dev/sdb'), makeDisk('/dev/sda')], facts, { dissolveArrays: false });
  assert.deepEqual(actions, [
    { kind: 'deactivate-volume', device: '/dev/dm-0', volume: 'vg/lv', parts: [], disks: ['/dev/sda', '/dev/sdb'] },
  ]);
});

test('a swap partition is let go, and nothing else of its disk', () => {
  const facts = makeHolders(['/dev/sda', '/dev/sda1']);
  const nodes = facts.nodes.map((node) => (node.path === '/dev/sda1' ? { ...node, isSwap: true } : node));
  assert.deepEqual(plan({ nodes, unread: [] }), {
    actions: ['swap-off /dev/sda1'],
    refusals: [],
    releasable: ['/dev/sda1'],
  });
});

test('what is mounted anywhere above a disk is never unmounted', () => {
  const mountPoints = ['/srv'];
  const upper = [
    volume('/dev/dm-0', 'vg-lv', ['/dev/sda']),
    volume('/dev/dm-1', 'vg-swap', ['/dev/sda'], { isSwap: true }),
  ];
  for (const at of ['/dev/sda', '/dev/dm-0']) {
    const nodes = makeHolders(['/dev/sda'], upper).nodes.map((node) =>
      node.path === at ? { ...node, mountPoints } : node,
    );
    assert.deepEqual(plan({ nodes, unread: [] }), {
      actions: [],
      refusals: [`mounted: ${at} is mounted on /srv`],
      releasable: [],
    });
  }
});

suite('LVM', () => {
  test('hidden volumes go with the one that is made of them', () => {
    const facts = makeHolders(
      ['/dev/sda'],
      [
        volume('/dev/dm-0', 'vg-pool_tmeta', ['/dev/sda']),
        volume('/dev/dm-1', 'vg-pool_tdata', ['/dev/sda']),
        volume('/dev/dm-2', 'vg-pool-tpool', ['/dev/dm-0', '/dev/dm-1']),
        volume('/dev/dm-3', 'vg-thin', ['/dev/dm-2']),
      ],
    );
    const { actions, releasable } = planRelease([makeDisk('/dev/sda')], facts, { dissolveArrays: false });
    assert.deepEqual(actions, [
      {
        kind: 'deactivate-volume',
        device: '/dev/dm-3',
        volume: 'vg/thin',
        parts: ['/dev/dm-0', '/dev/dm-1', '/dev/dm-2'],
        disks: ['/dev/sda'],
      },
    ]);
    assert.deepEqual([...releasable].sort(), ['/dev/dm-0', '/dev/dm-1', '/dev/dm-2', '/dev/dm-3']);
  });

  test('a group that lies on a volume of another group is taken down before it', () => {
    const facts = makeHolders(
      ['/dev/sda'],
      [
        volume('/dev/dm-0', 'outer-pv', ['/dev/sda']),
        volume('/dev/dm-1', 'inner-lv', ['/dev/dm-0'], { group: 'other' }),
      ],
    );
    assert.deepEqual(plan(facts).actions, ['deactivate-volume inner/lv', 'deactivate-volume outer/pv']);
  });

  test('a volume that also lies on a disk that stays is refused', () => {
    const facts = makeHolders(
      ['/dev/sda', '/dev/sdb', '/dev/sdb1'],
      [volume('/dev/dm-0', 'vg-lv', ['/dev/sda', '/dev/sdb1'])],
    );
    assert.deepEqual(plan(facts), {
      actions: [],
      refusals: ['held: /dev/dm-0 on /dev/sda is not taken down: it also lies on /dev/sdb, which is not to be erased'],
      releasable: [],
    });
    assert.deepEqual(plan(facts, ['/dev/sda', '/dev/sdb']).actions, ['deactivate-volume vg/lv']);
  });

  test('a volume that lies on something unknown is refused', () => {
    const facts = makeHolders(['/dev/sda'], [volume('/dev/dm-0', 'vg-lv', ['/dev/sda', '/dev/sdz9'])]);
    assert.match(plan(facts).refusals[0] ?? '', /it also lies on \/dev\/sdz9, which is not to be erased$/);
  });
});

suite('arrays', () => {
  const array = makeNode('/dev/md0', { kind: 'array', below: ['/dev/sda', '/dev/sdb'] });

  test('a running array is stopped only where arrays are dissolved', () => {
    const facts = makeHolders(['/dev/sda', '/dev/sdb'], [array]);
    const both = ['/dev/sda', '/dev/sdb'];
    assert.deepEqual(plan(facts, both, true).actions, ['stop-array /dev/md0']);
    assert.deepEqual(plan(facts, both, false).actions, []);
    assert.deepEqual(plan(facts, both, false).refusals, [
      'held: /dev/md0 on /dev/sda, /dev/sdb is not taken down: it is a software RAID that runs',
      'held: /dev/md0 on /dev/sda, /dev/sdb is not taken down: it is a software RAID that runs',
    ]);
  });

  test('an array that does not run is stopped: it shows no data', () => {
    const facts = makeHolders(['/dev/sda', '/dev/sdb'], [{ ...array, isActive: false }]);
    assert.deepEqual(plan(facts, ['/dev/sda', '/dev/sdb']).actions, ['stop-array /dev/md0']);
  });

  test('an array of which a member stays is not stopped', () => {
    const facts = makeHolders(['/dev/sda', '/dev/sdb'], [array]);
    const found = plan(facts, ['/dev/sda'], true);
    assert.deepEqual(found.actions, []);
    assert.match(
      found.refusals[0] ?? '',
      /^held: \/dev\/md0 on \/dev\/sda is not taken down: it also lies on \/dev\/sdb/,
    );
  });

  test('a volume of the firmware is stopped before its container', () => {
    const facts = makeHolders(
      ['/dev/sda'],
      [
        makeNode('/dev/md127', { kind: 'array', below: ['/dev/sda'], isActive: false }),
        makeNode('/dev/md126', { kind: 'array', below: ['/dev/sda', '/dev/md127'] }),
      ],
    );
    assert.deepEqual(plan(facts, ['/dev/sda'], true).actions, ['stop-array /dev/md126', 'stop-array /dev/md127']);
  });

  test('what is built on an array that is erased as a whole is taken down', () => {
    const facts = makeHolders(
      ['/dev/sda', '/dev/sdb'],
      [
        array,
        makeNode('/dev/md0p1', { kind: 'partition', below: ['/dev/md0'], isSwap: true }),
        volume('/dev/dm-0', 'vg-lv', ['/dev/md0']),
      ],
    );
    assert.deepEqual(plan(facts, ['/dev/md0']).actions, ['swap-off /dev/md0p1', 'deactivate-volume vg/lv']);
  });

  test('an array and its member are never erased together', () => {
    const facts = makeHolders(['/dev/sda', '/dev/sdb'], [array]);
    const found = plan(facts, ['/dev/sda', '/dev/sdb', '/dev/md0'], true);
    assert.deepEqual(found.actions, []);
    assert.match(
      found.refusals.join('\n'),
      /\/dev\/md0 on \/dev\/sda, \/dev\/sdb is not taken down: it is to be erased itself/,
    );
  });
});

suite('others', () => {
  const kinds = [
    ['crypt', /it is an encrypted volume$/],
    ['bcache', /it is a bcache device$/],
    ['unknown', /it is of an unknown kind$/],
    ['multipath', /it is a multipath device, which is erased as a whole$/],
  ] as const;
  for (const [kind, why] of kinds) {
    test(`${kind} is refused, and so is what would have to go with it`, () => {
      const facts = makeHolders(
        ['/dev/sda'],
        [volume('/dev/dm-0', 'vg-lv', ['/dev/sda']), makeNode('/dev/dm-1', { kind, below: ['/dev/dm-0'] })],
      );
      const found = plan(facts);
      assert.deepEqual(found.actions, []);
      assert.deepEqual(found.releasable, []);
      assert.match(found.refusals[0] ?? '', why);
    });
  }

  test('partitions of a multipath device are removed from the device mapper, its paths are not looked at', () => {
    const facts = makeHolders(
      ['/dev/sda', '/dev/sdb'],
      [
        makeNode('/dev/dm-0', { kind: 'multipath', name: 'mpatha', below: ['/dev/sda', '/dev/sdb'] }),
        makeNode('/dev/dm-1', { kind: 'partition-map', name: 'mpatha1', below: ['/dev/dm-0'] }),
        volume('/dev/dm-2', 'vg-lv', ['/dev/dm-1']),
      ],
    );
    assert.deepEqual(plan(facts, ['/dev/dm-0']).actions, ['deactivate-volume vg/lv', 'remove-mapping /dev/dm-1']);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type NodeTraits, nodeKind } from '../../../../src/storage/holders/node-kind.ts';

const plain: NodeTraits = { path: '/dev/sda', isPartition: false, isArray: false, isStacked: false, mapped: null };
const mapped = (uuid: string): Partial<NodeTraits> => ({
  path: '/dev/dm-0',
  isStacked: true,
  mapped: { name: 'x', uuid },
});

const cases: readonly (readonly [traits: Partial<NodeTraits>, kind: string])[] = [
  [{}, 'disk'],
  [{ isPartition: true }, 'partition'],
  [{ path: '/dev/md0', isArray: true, isStacked: true }, 'array'],
  [{ path: '/dev/md127', isArray: true }, 'array'],
  [mapped('LVM-GQRdfnmYYJfLdfnd7yCJXsmmvtMwWBBVJQ7BTlBmkG8DZmLiZdXuGTX1c2jgmXkS'), 'volume'],
  [mapped('mpath-3600508b400105e210000900000490000'), 'multipath'],
  [mapped('part1-mpath-3600508b400105e210000900000490000'), 'partition-map'],
  [mapped('CRYPT-LUKS2-d5a9-name'), 'crypt'],
  [mapped('DMRAID-isw_abc'), 'unknown'],
  [mapped(''), 'unknown'],
  [{ path: '/dev/bcache0', isStacked: true }, 'bcache'],
  [{ path: '/dev/drbd0', isStacked: true }, 'unknown'],
];

for (const [traits, kind] of cases) {
  test(`${traits.mapped?.uuid ?? traits.path ?? 'a plain device'}${traits.isPartition ? ' (partition)' : ''} is ${kind}`, () => {
    assert.equal(nodeKind({ ...plain, ...traits }), kind);
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toLanes } from '../../../../../src/storage/erase/act/perform-plan.ts';
import type { PlannedErase } from '../../../../../src/storage/erase/plan/erase-plan.ts';
import { makeDisk } from '../../../../support/make-block-device.ts';

function planned(path: string, fields: Partial<PlannedErase> = {}): PlannedErase {
  return {
    device: makeDisk(path),
    partitions: [],
    probe: { kind: 'plain', zerosAfterDiscard: false },
    lane: path,
    controller: null,
    abilities: [],
    method: 'overwrite',
    why: '',
    isWeaker: false,
    fallbacks: [],
    sanitization: 'clear',
    seconds: null,
    reach: [path],
    ...fields,
  };
}

const groupsOf = (erase: readonly PlannedErase[]) =>
  toLanes(erase).map(({ groups }) => groups.map((group) => group.map(({ device }) => device.path)));

test('every disk has a lane of its own', () => {
  assert.deepEqual(groupsOf([planned('/dev/sda'), planned('/dev/sdb')]), [[['/dev/sda']], [['/dev/sdb']]]);
});

test('namespaces that one sanitize reaches are one group; those that are overwritten follow each other', () => {
  const both = ['/dev/nvme0n1', '/dev/nvme0n2'];
  const together = both.map((path) => planned(path, { lane: 'nvme0', method: 'nvme-sanitize-block', reach: both }));
  assert.deepEqual(groupsOf(together), [[both]]);
  const apart = both.map((path) => planned(path, { lane: 'nvme0' }));
  assert.deepEqual(groupsOf(apart), [[['/dev/nvme0n1'], ['/dev/nvme0n2']]]);
});

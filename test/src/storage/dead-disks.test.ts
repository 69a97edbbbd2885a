import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { findDeadDisks } from '../../../src/storage/dead-disks.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const paths = (devices: readonly { readonly path: string }[]): readonly string[] =>
  devices.map(({ path: each }) => each);

test('a disk without capacity is dead; an empty reader, a hidden path and what drivers offer are not', () => {
  using dir = temporaryDirectory();
  const add = (name: string, attributes: Readonly<Record<string, number>>): void => {
    mkdirSync(path.join(dir.path, name));
    for (const [key, value] of Object.entries(attributes)) writeFileSync(path.join(dir.path, name, key), `${value}\n`);
  };
  add('sda', { size: 0, removable: 0, hidden: 0 });
  add('nvme1n1', { size: 0, removable: 0 });
  add('sdb', { size: 2048, removable: 0, hidden: 0 });
  add('sdc', { size: 0, removable: 1, hidden: 0 });
  add('nvme0c0n1', { size: 0, removable: 0, hidden: 1 });
  add('nvme2n1', { size: 0, removable: 0, hidden: 1 });
  for (const name of ['loop3', 'nbd0', 'md127', 'sr0', 'ram0', 'dm-0']) add(name, { size: 0, removable: 0 });
  assert.deepEqual(paths(findDeadDisks(dir.path)), ['/dev/nvme1n1', '/dev/sda']);
});

test('this machine can be asked', () => {
  assert.ok(Array.isArray(findDeadDisks()));
});

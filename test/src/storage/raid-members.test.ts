import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isArrayName } from '../../../src/storage/raid-members.ts';

test('a name out of a superblock may have a host before it', () => {
  for (const name of ['data', 'host:data', 'any:data']) assert.ok(isArrayName(name, 'data'), name);
  for (const name of ['data2', 'host:data2', 'data:host', 'mydata', '']) assert.ok(!isArrayName(name, 'data'), name);
});

test('a volume name with a colon in it is found too', () => {
  assert.ok(isArrayName('a:b', 'a:b'));
  assert.ok(isArrayName('host:a:b', 'a:b'));
});

test('a superblock keeps 32 bytes of a name', () => {
  const long = 'x'.repeat(40);
  assert.ok(isArrayName('x'.repeat(32), long));
  assert.ok(!isArrayName('x'.repeat(31), long));
});

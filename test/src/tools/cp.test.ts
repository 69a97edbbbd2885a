import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { copyAttributes, copyAttributesArgs } from '../../../src/tools/cp.ts';
import { bootContext } from '../boot/boot-context.ts';

const request = { device: '/dev/vda1', from: '/tmp/m/-a', to: '/tmp/m/b' };

test('cp copies attributes and no content, whatever the names are', () => {
  const expected = ['--attributes-only', '--no-dereference', '--preserve=mode,xattr', '--', '/tmp/m/-a', '/tmp/m/b'];
  assert.deepEqual(copyAttributesArgs(request), expected);
});

test('copying attributes touches the device, so the latch is asked for it', async () => {
  const context = bootContext();
  await assert.rejects(copyAttributes(context.run, request), SafetyLatchError);
  assert.deepEqual(context.calls, []);
});

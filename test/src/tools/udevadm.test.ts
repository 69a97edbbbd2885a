import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProperties, propertyArgs } from '../../../src/tools/udevadm.ts';
import { capturedOutput } from '../../support/captured-output.ts';

test('asks as the captured output was asked for', () => {
  assert.deepEqual(propertyArgs('/dev/loop0p2'), capturedOutput('udevadm', 'partition-without-udev').args);
});

test('reads properties by name', () => {
  const properties = parseProperties(capturedOutput('udevadm', 'partition-without-udev').text);
  assert.equal(properties.DEVTYPE, 'partition');
  assert.equal(properties.PARTN, '2');
  assert.equal(properties.ID_SERIAL, undefined);
});

test('a value may hold the separator', () => {
  assert.deepEqual(parseProperties('DEVLINKS=/dev/disk/by-partlabel/a=b\n'), {
    DEVLINKS: '/dev/disk/by-partlabel/a=b',
  });
});

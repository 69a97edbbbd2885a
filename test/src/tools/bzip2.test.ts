import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decompressArgs, parseComplaint } from '../../../src/tools/bzip2.ts';
import { capturedOutput } from '../../support/captured-output.ts';

for (const [name, complaint] of [
  ['corrupt', 'Data integrity error when decompressing'],
  ['cut', 'Compressed file ends unexpectedly'],
  ['other', 'is not a bzip2 file'],
  ['garbage', 'trailing garbage after EOF ignored'],
] as const) {
  test(`reads the complaint about ${name} data`, () => {
    const { args, text } = capturedOutput('bzip2', name);
    assert.deepEqual(args, decompressArgs());
    assert.equal(parseComplaint(text), complaint);
  });
}

test('reads no complaint where there is none', () => assert.equal(parseComplaint(''), ''));

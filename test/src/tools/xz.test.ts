import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decompressArgs, parseComplaint } from '../../../src/tools/xz.ts';
import { capturedOutput } from '../../support/captured-output.ts';

for (const [name, complaint] of [
  ['corrupt', 'Compressed data is corrupt'],
  ['cut', 'Unexpected end of input'],
  ['other', 'File format not recognized'],
  ['memory', 'Memory usage limit reached (256MiB)'],
] as const) {
  test(`reads the complaint about ${name} data`, () => {
    const { args, text } = capturedOutput('xz', name);
    assert.deepEqual(args, decompressArgs());
    assert.equal(parseComplaint(text), complaint);
  });
}

test('reads no complaint where there is none', () => assert.equal(parseComplaint(''), ''));

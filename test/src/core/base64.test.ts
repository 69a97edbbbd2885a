import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBase64 } from '../../../src/core/base64.ts';

test('base64 is decoded, whatever blanks are in it', () => {
  assert.deepEqual(parseBase64(' aGVs\r\n\tbG8= '), Buffer.from('hello'));
  assert.deepEqual(parseBase64(''), Buffer.alloc(0));
});

test('what a lenient decoder would take for base64 is none', () => {
  for (const text of ['aGVsbG8', 'aGVsbG8=x', 'aGVs*bG8=', 'aGVsbG9=', '=', 'aGVsbG8==', '-_-_', 'hëllo']) {
    assert.equal(parseBase64(text), null, text);
  }
});

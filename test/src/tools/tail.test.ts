import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createTail } from '../../../src/tools/tail.ts';

test('keeps the end of what was pushed, however it was cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme-ascii' })), fc.integer({ min: 1, max: 20 }), (chunks, limit) => {
      const tail = createTail(limit);
      for (const chunk of chunks) tail.push(Buffer.from(chunk));
      assert.equal(tail.text(), chunks.join('').slice(-limit));
    }),
  );
});

test('never begins in the middle of a character', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), fc.integer({ min: 4, max: 20 }), (chunks, limit) => {
      const tail = createTail(limit);
      for (const chunk of chunks) tail.push(Buffer.from(chunk));
      const whole = Buffer.from(chunks.join('')).toString();
      assert.ok(whole.endsWith(tail.text()));
      assert.ok(Buffer.byteLength(tail.text()) <= limit);
    }),
  );
});

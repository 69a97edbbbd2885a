import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { base64Text } from '../../../src/log/base64-text.ts';

it('gives the base64 of the whole, however the bytes come', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 10 })), (chunks) => {
      let text = '';
      const writer = base64Text((piece) => {
        text += piece;
      });
      for (const chunk of chunks) writer.write(Buffer.from(chunk));
      writer.end();
      assert.equal(text, Buffer.concat(chunks).toString('base64'));
    }),
  );
});

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { entropyOf, kindOfContent } from '../../../../../src/storage/erase/verify/content-kind.ts';

describe('kindOfContent', () => {
  it('knows a byte or a short word that is repeated', () => {
    assert.equal(kindOfContent(Buffer.alloc(4096)), 'uniform');
    assert.equal(kindOfContent(Buffer.alloc(4096, 0xff)), 'uniform');
    assert.equal(kindOfContent(Buffer.alloc(4096, 'deadbeef', 'hex')), 'uniform');
    assert.equal(kindOfContent(Buffer.alloc(4096, randomBytes(16))), 'uniform');
  });

  it('takes random bytes for random, a thousand times', () => {
    for (let run = 0; run < 1000; run += 1) assert.equal(kindOfContent(randomBytes(4096)), 'random');
  });

  it('takes text, programs and a single byte among zeros for structured', () => {
    const text = Buffer.alloc(4096, 'The quick brown fox jumps over the lazy dog. 0123456789');
    const oneByte = Buffer.alloc(4096);
    oneByte[3000] = 1;
    assert.equal(kindOfContent(text), 'structured');
    assert.equal(kindOfContent(oneByte), 'structured');
    assert.equal(kindOfContent(Buffer.concat([randomBytes(2048), Buffer.alloc(2048)])), 'structured');
  });

  it('measures entropy in bits per byte', () => {
    assert.equal(entropyOf(Buffer.alloc(4096, 7)), 0);
    assert.equal(entropyOf(Buffer.from(Array.from({ length: 4096 }, (_, index) => index % 256))), 8);
  });
});

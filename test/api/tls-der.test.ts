import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as der from '../../api/tls-der.ts';

const hex = (bytes: Buffer) => bytes.toString('hex');

describe('DER', () => {
  it('writes a length in as few bytes as there have to be', () => {
    for (const [length, head] of [
      [0, '0400'],
      [127, '047f'],
      [128, '048180'],
      [255, '0481ff'],
      [256, '04820100'],
      [65536, '0483010000'],
    ] as const) {
      assert.equal(hex(der.octetString(Buffer.alloc(length))).slice(0, head.length), head);
    }
  });

  it('writes numbers without leading zeros, but never as negative ones', () => {
    assert.equal(hex(der.unsignedInteger(Buffer.from([0]))), '020100');
    assert.equal(hex(der.unsignedInteger(Buffer.from([0, 0, 0x7f]))), '02017f');
    assert.equal(hex(der.unsignedInteger(Buffer.from([0x80]))), '02020080');
    assert.equal(hex(der.unsignedInteger(Buffer.alloc(0))), '020100');
  });

  it('writes object identifiers with large parts', () => {
    assert.equal(hex(der.objectIdentifier('1.2.840.10045.4.3.4')), '06082a8648ce3d040304');
    assert.equal(hex(der.objectIdentifier('2.5.29.17')), '0603551d11');
  });

  it('writes the year with two digits until 2049 and with four after it', () => {
    assert.equal(der.time(new Date('2049-12-31T23:59:59.999Z')).subarray(2).toString(), '491231235959Z');
    assert.equal(der.time(new Date('2050-01-01T00:00:00Z')).subarray(2).toString(), '20500101000000Z');
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lldpTlvs } from '../../../../src/inspection/lldp/tlvs.ts';
import { parsePcap } from '../../../../src/tools/pcap.ts';

const capture = readFileSync(new URL('../../../fixtures/tools/tcpdump/lldp.pcap', import.meta.url));
const header = Buffer.from('0180c200000e5254000000fe88cc', 'hex');

/** A piece as a switch puts it into a frame. */
function piece(type: number, value: Uint8Array): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE((type << 9) | value.length);
  return Buffer.concat([head, value]);
}

const tlvs = fc.array(fc.tuple(fc.integer({ min: 1, max: 127 }), fc.uint8Array({ maxLength: 511 })), { maxLength: 20 });

describe('lldpTlvs', () => {
  it('gives the pieces of a captured frame in their order, without the end mark', () => {
    assert.deepEqual(lldpTlvs(parsePcap(capture)[0] ?? Buffer.alloc(0)), [
      [1, '045254000000fe'],
      [2, '0545746865726e6574312f37'],
      [3, '0078'],
      [127, '0080c2010001'],
      [127, '0080c203006505766c313031'],
      [127, '0080c20300ca05766c323032'],
    ]);
  });

  it('gives whatever a switch put in, and nothing of what follows the end mark', () => {
    fc.assert(
      fc.property(tlvs, fc.uint8Array({ maxLength: 64 }), (sent, padding) => {
        const frame = Buffer.concat([
          header,
          ...sent.map(([type, value]) => piece(type, value)),
          piece(0, new Uint8Array()),
          padding,
        ]);
        const expected = sent.map(([type, value]) => [type, Buffer.from(value).toString('hex')]);
        assert.deepEqual(lldpTlvs(frame), expected);
      }),
    );
  });

  it('never throws, and never reads past the end of the frame', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1600 }), (payload) => {
        const heard = lldpTlvs(Buffer.concat([header, payload]));
        const bytes = heard.reduce((sum, [, hex]) => sum + 2 + hex.length / 2, 0);
        assert.ok(bytes <= payload.length);
        assert.deepEqual(lldpTlvs(payload), payload[12] === 0x88 && payload[13] === 0xcc ? lldpTlvs(payload) : []);
      }),
    );
  });

  it('ends a frame at a piece that claims to be longer than it', () => {
    const cut = Buffer.concat([header, piece(3, Buffer.from([0, 120])), Buffer.from('05ff00', 'hex')]);
    assert.deepEqual(lldpTlvs(cut), [[3, '0078']]);
  });

  it('takes no other frame for LLDP', () => {
    const arp = Buffer.concat([Buffer.from('ffffffffffff5254000000fe0806', 'hex'), piece(3, Buffer.from([0, 120]))]);
    assert.deepEqual(lldpTlvs(arp), []);
    assert.deepEqual(lldpTlvs(header.subarray(0, 13)), []);
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parsePcap } from '../../../src/tools/pcap.ts';

/** tcpdump 4.99.3 on a veth pair; its one packet was sent by a script. */
const captured = readFileSync(new URL('../../fixtures/tools/tcpdump/lldp.pcap', import.meta.url));

/** The same file as a machine of the other byte order writes it, with times in nanoseconds. */
function otherByteOrder(file: Buffer): Buffer {
  const other = Buffer.from(file);
  for (const offset of [0, 8, 12, 16, 20, 24, 28, 32, 36]) other.subarray(offset, offset + 4).swap32();
  for (const offset of [4, 6]) other.subarray(offset, offset + 2).swap16();
  other.writeUInt32BE(0xa1b23c4d, 0);
  return other;
}

describe('parsePcap', () => {
  it('finds the packet that tcpdump wrote', () => {
    const [packet, ...more] = parsePcap(captured);
    assert.deepEqual([packet?.length, more.length], [79, 0]);
    assert.equal(packet?.toString('hex', 0, 14), '0180c200000e5254000000fe88cc');
  });

  it('reads either byte order, and times of either kind', () => {
    assert.deepEqual(parsePcap(otherByteOrder(captured)), parsePcap(captured));
  });

  it('finds as many packets as have been written whole', () => {
    const two = Buffer.concat([captured, captured.subarray(24)]);
    assert.equal(parsePcap(two).length, 2);
    assert.equal(parsePcap(two.subarray(0, -1)).length, 1);
    for (let bytes = 0; bytes < captured.length; bytes++) assert.deepEqual(parsePcap(captured.subarray(0, bytes)), []);
  });

  it('refuses what is no capture file, and a length that no packet has', () => {
    const error = { name: 'InvalidPcapError' };
    assert.throws(() => parsePcap(Buffer.alloc(24)), {
      ...error,
      message: /expected a capture file, found 0x00000000/,
    });
    const huge = Buffer.from(captured);
    huge.writeUInt32LE(0xffff_ffff, 32);
    assert.throws(() => parsePcap(huge), { ...error, message: /expected a packet at 24, found 4294967295 bytes/ });
  });
});

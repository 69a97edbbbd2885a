/** One piece of an LLDP frame as Ironic takes it: the type, and the value in hexadecimal digits. */
export type LldpTlv = readonly [type: number, hex: string];

/** Bytes of an Ethernet header without a VLAN tag: two addresses and the type. */
const ethernetHeaderBytes = 14;
const lldpEthertype = 0x88cc;
const endOfFrame = 0;

/**
 * The pieces of an Ethernet frame with LLDP, in their order and without the end mark; whatever a switch sends, this does not
 * throw: a piece that is longer than the frame ends it. Source: IEEE 802.1AB-2016, 8.4 (7 bits of type, 9 bits of length).
 */
export function lldpTlvs(frame: Uint8Array): readonly LldpTlv[] {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  if (bytes.length < ethernetHeaderBytes || bytes.readUInt16BE(12) !== lldpEthertype) return [];
  const tlvs: LldpTlv[] = [];
  let offset = ethernetHeaderBytes;
  while (offset + 2 <= bytes.length) {
    const header = bytes.readUInt16BE(offset);
    const type = header >> 9;
    const end = offset + 2 + (header & 0x1ff);
    if (type === endOfFrame || end > bytes.length) break;
    tlvs.push([type, bytes.toString('hex', offset + 2, end)]);
    offset = end;
  }
  return tlvs;
}

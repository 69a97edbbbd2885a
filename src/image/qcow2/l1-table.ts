import type { ImageObject } from '../stream/image-object.ts';
import type { Geometry } from './geometry.ts';
import type { Qcow2Header } from './header.ts';
import { InvalidQcow2Error } from './invalid-qcow2-error.ts';
import { maxL2Bytes } from './limits.ts';
import { sortOrder } from './sort-order.ts';

export interface L1Table {
  readonly bytes: Uint8Array;
  /** Places of the L2 tables in the source, ascending. */
  readonly tableOffsets: Float64Array;
  /** Of each, the first guest byte that it maps. */
  readonly guestStarts: Float64Array;
}

/** Reads the active L1 table, whose place and size the header check has accepted. Throws InvalidQcow2Error. */
export async function readL1Table(object: ImageObject, header: Qcow2Header, geometry: Geometry): Promise<L1Table> {
  const bytes = await object.readAt(header.l1Offset, header.l1Entries * 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places: number[] = [];
  const guests: number[] = [];
  for (let index = 0; index < header.l1Entries; index += 1) {
    const offset = tableOffset(view.getUint32(index * 8), view.getUint32(index * 8 + 4), index, geometry);
    if (offset === 0) continue;
    places.push(offset);
    guests.push(index * geometry.tableSpanBytes);
    if (places.length * geometry.clusterBytes > maxL2Bytes) {
      throw new InvalidQcow2Error(`has L2 tables of more than ${maxL2Bytes} bytes`);
    }
  }
  const order = sortOrder(Float64Array.from(places));
  return {
    bytes,
    tableOffsets: Float64Array.from(order, (index) => places[index] ?? 0),
    guestStarts: Float64Array.from(order, (index) => guests[index] ?? 0),
  };
}

/** 0 where there is no table. */
function tableOffset(high: number, low: number, index: number, { clusterBytes, sourceBytes }: Geometry): number {
  const bad = (problem: string): InvalidQcow2Error =>
    new InvalidQcow2Error(`entry ${index} of the L1 table ${problem}`);
  if ((high & 0x7f00_0000) !== 0 || low % 512 !== 0) throw bad('sets reserved bits');
  const offset = (high & 0xff_ffff) * 2 ** 32 + low;
  if (offset === 0 && high !== 0) throw bad('points to the header');
  if (offset % clusterBytes !== 0) throw bad(`points to byte ${offset}, which is not the begin of a cluster`);
  if (offset > 0 && offset + clusterBytes > sourceBytes) {
    throw bad(`points to byte ${offset}, from where the image (${sourceBytes} bytes) has no room for a table`);
  }
  return offset;
}

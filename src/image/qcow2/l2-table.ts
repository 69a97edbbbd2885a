import type { ExtentCollector } from './collect-extents.ts';
import type { Geometry } from './geometry.ts';
import { addData, bad, type L2Entry } from './guest-cluster.ts';
import { mapSubclusters } from './subclusters.ts';

const highWord = 2 ** 32;
const compressedBit = 0x4000_0000;
const sectorBytes = 512;

/**
 * Adds what one L2 table maps; `guestStart` is what its first entry stands for. Clusters that read as zero add nothing. Throws
 * InvalidQcow2Error.
 */
export function mapL2Table(table: Uint8Array, guestStart: number, geometry: Geometry, into: ExtentCollector): void {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  const { l2EntryBytes, clusterBytes, hasSubclusters } = geometry;
  for (let at = 0, guestOffset = guestStart; at < table.length; at += l2EntryBytes, guestOffset += clusterBytes) {
    const high = view.getUint32(at);
    const low = view.getUint32(at + 4);
    const allocated = hasSubclusters ? view.getUint32(at + 12) : 0;
    const zero = hasSubclusters ? view.getUint32(at + 8) : 0;
    if ((high | low | allocated) === 0) continue;
    mapEntry({ guestOffset, high, low, allocated, zero }, geometry, into);
  }
}

function mapEntry(entry: L2Entry, geometry: Geometry, into: ExtentCollector): void {
  if ((entry.high & compressedBit) !== 0) mapCompressed(entry, geometry, into);
  else mapStandard(entry, geometry, into);
}

function mapStandard(entry: L2Entry, geometry: Geometry, into: ExtentCollector): void {
  const { guestOffset, high, low } = entry;
  const offset = (high & 0xff_ffff) * highWord + (low - (low % sectorBytes));
  const isZero = (low & 1) === 1;
  if ((high & 0x3f00_0000) !== 0 || (low & 0x1fe) !== 0) throw bad(guestOffset, 'sets reserved bits');
  if (isZero && geometry.version === 2) throw bad(guestOffset, 'has the zero flag, which version 2 does not know');
  if (isZero && geometry.hasSubclusters) throw bad(guestOffset, 'has the zero flag beside subclusters');
  if (offset % geometry.clusterBytes !== 0) throw bad(guestOffset, `at byte ${offset} does not begin at a cluster`);
  if (isZero) return;
  if (offset === 0 && high !== 0) throw bad(guestOffset, 'lies on the header');
  if (geometry.hasSubclusters) mapSubclusters(entry, offset, geometry, into);
  else if (offset !== 0) addData(into, geometry, offset, guestOffset, geometry.clusterBytes);
}

function mapCompressed(entry: L2Entry, geometry: Geometry, into: ExtentCollector): void {
  const { guestOffset, high, low } = entry;
  const { clusterBits, sourceBytes, virtualBytes } = geometry;
  // The number of further sectors takes the upper clusterBits - 8 of the 62 bits.
  const shift = 62 - (clusterBits - 8) - 32;
  const offsetHigh = (high & 0x3fff_ffff) % 2 ** shift;
  const sectors = Math.floor((high & 0x3fff_ffff) / 2 ** shift) + 1;
  if (high >= 0x8000_0000) throw bad(guestOffset, 'is compressed and yet marked as used once');
  if (offsetHigh > 0xff_ffff || (entry.allocated | entry.zero) !== 0) throw bad(guestOffset, 'sets reserved bits');
  const offset = offsetHigh * highWord + low;
  if (guestOffset >= virtualBytes) throw bad(guestOffset, `lies beyond the virtual size of ${virtualBytes}`);
  if (offset >= sourceBytes) {
    throw bad(guestOffset, `is compressed at byte ${offset}, beyond the end of the image (${sourceBytes})`);
  }
  const end = offset - (offset % sectorBytes) + sectors * sectorBytes;
  into.addCompressed(offset, guestOffset, Math.min(end, sourceBytes) - offset);
}

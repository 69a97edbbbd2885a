import type { ExtentCollector } from './collect-extents.ts';
import type { Geometry } from './geometry.ts';
import { addData, bad, type L2Entry } from './guest-cluster.ts';

const subclusterCount = 32;

/** Adds the allocated subclusters of the cluster at `offset`; 0 stands for none. Throws InvalidQcow2Error. */
export function mapSubclusters(entry: L2Entry, offset: number, geometry: Geometry, into: ExtentCollector): void {
  const { guestOffset, allocated, zero } = entry;
  if ((allocated & zero) !== 0) throw bad(guestOffset, 'has subclusters that are allocated and zero');
  if (allocated !== 0 && offset === 0) throw bad(guestOffset, 'has allocated subclusters and no place');
  const subclusterBytes = geometry.clusterBytes / subclusterCount;
  for (let first = 0; first < subclusterCount; first += 1) {
    if (!isSet(allocated, first)) continue;
    let next = first + 1;
    while (next < subclusterCount && isSet(allocated, next)) next += 1;
    const skip = first * subclusterBytes;
    // What lies behind the virtual size cannot be read, whatever the last cluster says about it.
    if (skip > 0 && guestOffset + skip >= geometry.virtualBytes) return;
    addData(into, geometry, offset + skip, guestOffset + skip, (next - first) * subclusterBytes);
    first = next;
  }
}

function isSet(bitmap: number, bit: number): boolean {
  return ((bitmap >>> bit) & 1) === 1;
}

import type { BlockNodeKind } from './holder-facts.ts';

/** `dm/name` and `dm/uuid` of sysfs. */
export interface MappedNames {
  readonly name: string;
  readonly uuid: string;
}

/** What sysfs says of one device. */
export interface NodeTraits {
  readonly path: string;
  readonly isPartition: boolean;
  readonly isArray: boolean;
  readonly isStacked: boolean;
  readonly mapped: MappedNames | null;
}

/** What made a mapped device is told by the beginning of its uuid (libdevmapper, `DM_UUID`; kpartx(8) for partitions). */
const byUuid: readonly (readonly [RegExp, BlockNodeKind])[] = [
  [/^LVM-/, 'volume'],
  [/^part\d+-/, 'partition-map'],
  [/^mpath-/, 'multipath'],
  [/^CRYPT-/, 'crypt'],
];

export function nodeKind({ path, isPartition, isArray, isStacked, mapped }: NodeTraits): BlockNodeKind {
  if (isPartition) return 'partition';
  if (isArray) return 'array';
  if (mapped) return byUuid.find(([prefix]) => prefix.test(mapped.uuid))?.[1] ?? 'unknown';
  if (/^\/dev\/bcache\d/.test(path)) return 'bcache';
  return isStacked ? 'unknown' : 'disk';
}

const mib = 1024 * 1024;

/** 512 B to 2 MiB, as in QEMU. */
export const clusterBitsRange = { min: 9, max: 21 } as const;

/** Subclusters are a 32nd of a cluster and at least a sector: 16 KiB clusters. */
export const extendedMinClusterBits = 14;

/** Of the header and its extensions, what the first read brings; more follows only where a chain of extensions is longer. */
export const firstReadBytes = 64 * 1024;

/** QEMU's own limits for the active L1 table and the refcount table. */
export const maxL1Bytes = 32 * mib;
export const maxRefcountTableBytes = 8 * mib;

/** QEMU's limit for internal snapshots. */
export const maxSnapshots = 65_536;

/** All active L2 tables together: enough for 1 TiB of data in clusters of 64 KiB. They are read before the first write. */
export const maxL2Bytes = 128 * mib;

/** Runs of clusters that are neither contiguous in the image nor on the disk; 20 bytes of memory each. */
export const maxExtents = 4 * mib;

/** L2 tables that are this near to each other are fetched with one request: so many bytes take about as long as a round trip. */
export const joinedGapBytes = 256 * 1024;

/** Longest such request. */
export const joinedReadBytes = 4 * mib;

/** Requests for tables at the same time. */
export const parallelReads = 4;

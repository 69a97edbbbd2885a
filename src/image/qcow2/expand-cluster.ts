import { constants, inflateRawSync, zstdDecompressSync } from 'node:zlib';
import type { CompressionType } from './plan.ts';
import { zstdFrameBytes } from './zstd-frame.ts';

/** The window that QEMU gives to deflate, and expects. */
const deflateWindowBits = 12;

/** Window of 8 MiB: what every decoder must support, and more than a cluster. */
const zstdWindowLogMax = 23;

/**
 * Expands one compressed cluster to exactly fill `output`. What stands behind the compressed data is passed by, as in QEMU: the
 * data is padded to sectors. Never makes more than one cluster of anything. Throws what node:zlib throws, or Error.
 */
export function expandCluster(type: CompressionType, input: Uint8Array, output: Uint8Array): void {
  const cluster = type === 'zlib' ? inflate(input, output.length) : unzstd(input, output.length);
  if (cluster.length !== output.length) throw new Error(`gives ${cluster.length} bytes instead of ${output.length}`);
  output.set(cluster);
}

function inflate(input: Uint8Array, clusterBytes: number): Uint8Array {
  return inflateRawSync(input, {
    windowBits: deflateWindowBits,
    chunkSize: clusterBytes,
    maxOutputLength: clusterBytes,
    // A stream that is not ended is right as soon as the cluster is full.
    finishFlush: constants.Z_SYNC_FLUSH,
  });
}

function unzstd(input: Uint8Array, clusterBytes: number): Uint8Array {
  const frameBytes = zstdFrameBytes(input);
  if (frameBytes === null) throw new Error('is no whole zstd frame');
  return zstdDecompressSync(input.subarray(0, frameBytes), {
    chunkSize: clusterBytes,
    maxOutputLength: clusterBytes,
    params: { [constants.ZSTD_d_windowLogMax]: zstdWindowLogMax },
  });
}

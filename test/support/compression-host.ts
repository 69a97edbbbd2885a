import { createSafetyLatch } from '../../src/core/safety-latch.ts';
import type { DecompressHost } from '../../src/image/compression/decompress.ts';

/** A host outside of a ramdisk that keeps what is logged. */
export function compressionHost(signal = new AbortController().signal): DecompressHost & {
  readonly logged: readonly Readonly<Record<string, unknown>>[];
} {
  const logged: Readonly<Record<string, unknown>>[] = [];
  const log = {
    info: (fields: Readonly<Record<string, unknown>>) => void logged.push(fields),
    warn: (fields: Readonly<Record<string, unknown>>) => void logged.push(fields),
  };
  const latch = createSafetyLatch({ insideRamdisk: false, ownNetworkNamespace: false, devices: [] }, (path) => ({
    path,
    disk: path,
  }));
  return { latch, log, signal, logged };
}

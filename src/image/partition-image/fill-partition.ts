import type { BlockDevice } from '../../core/block-device.ts';
import type { Host } from '../../core/job-context.ts';
import { claimDevice } from '../../storage/claim-device.ts';
import { allocateAligned } from '../../storage/device-io/aligned-memory.ts';
import { DeviceWriteError, flush, readInto, targetOf, writeAt } from '../../storage/device-io/disk-target.ts';

const blockBytes = 1024 * 1024;

/**
 * Writes bytes to the start of a partition and zeros to its end, flushes, and reads all of it back past the page cache. For
 * partitions of a few MiB. Throws SafetyLatchError, DeviceClaimError, DeviceReadError, DeviceWriteError; no message holds any of the bytes.
 */
export async function fillPartition(device: BlockDevice, bytes: Uint8Array, host: Host): Promise<void> {
  const { path, sizeBytes } = device;
  const fail = (what: string): never => {
    throw new DeviceWriteError(`${path}: ${what}`, {});
  };
  if (bytes.length > sizeBytes) fail(`${bytes.length} bytes do not fit, it has ${sizeBytes}`);
  await using claim = await claimDevice(device, host, { direct: true });
  const target = targetOf(claim);
  const block = allocateAligned(blockBytes);
  for (const { offset, length } of blocksOf(sizeBytes)) {
    host.signal.throwIfAborted();
    load(block, bytes, offset);
    await writeAt(target, block.subarray(0, length), offset);
  }
  await flush(target);
  const expected = Buffer.alloc(blockBytes);
  for (const { offset, length } of blocksOf(sizeBytes)) {
    load(expected, bytes, offset);
    await readInto(target, block.subarray(0, length), offset);
    if (!block.subarray(0, length).equals(expected.subarray(0, length))) {
      fail(`does not read back what was written in the ${length} bytes at ${offset}`);
    }
  }
}

/** Fills a block with what belongs at an offset of the device. */
function load(block: Buffer, bytes: Uint8Array, offset: number): void {
  const part = bytes.subarray(offset, offset + blockBytes);
  block.set(part);
  block.fill(0, part.length);
}

function* blocksOf(sizeBytes: number): Generator<{ readonly offset: number; readonly length: number }> {
  for (let offset = 0; offset < sizeBytes; offset += blockBytes) {
    yield { offset, length: Math.min(blockBytes, sizeBytes - offset) };
  }
}

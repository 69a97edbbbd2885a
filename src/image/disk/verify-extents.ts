import { crc32 } from 'node:zlib';
import type { DiskTarget } from '../../storage/device-io/disk-target.ts';
import type { BlockMemory } from '../stream/block-pool.ts';
import { type Extent, type ExtentRecord, extentBytes } from './extent-record.ts';
import { planVerify, type VerifyMode } from './verify-plan.ts';
import { readWindows } from './verify-reads.ts';

export interface VerifyRequest {
  /** Open with O_DIRECT, so that the device answers and not the page cache. What was written has been flushed. */
  readonly target: DiskTarget;
  readonly record: ExtentRecord;
  readonly mode: VerifyMode;
  /** Decides which extents a sample takes; the id of the job, for instance. */
  readonly seed: string;
  /** As many reads are in flight as it has blocks, which nobody else uses meanwhile. */
  readonly memory: BlockMemory;
  readonly signal: AbortSignal;
  /** Called with the bytes that were compared so far, of how many. */
  onProgress(done: number, total: number): void;
}

/** An extent that does not hold what was written to it. */
export interface ExtentDifference {
  /** In bytes from the start of the device. */
  readonly offset: number;
  readonly length: number;
  /** CRC-32 in 8 hex digits, or `zeros`. */
  readonly expected: string;
  /** CRC-32 of what was read. */
  readonly found: string;
}

/** What the read-back has shown. */
export interface VerifyReport {
  readonly mode: VerifyMode;
  readonly checkedBytes: number;
  readonly checkedExtents: number;
  /** Extents that a full read-back would check. */
  readonly extentCount: number;
  /** Bytes that no read-back can check: what is left of extents that were written over in part. */
  readonly uncheckedBytes: number;
  readonly differenceCount: number;
  /** The first of them, by their place. */
  readonly differences: readonly ExtentDifference[];
}

const mostDifferences = 32;
/**
 * Reads back what was written and compares it; the differences are in the report. Throws DeviceReadError where the device does not
 * answer, and the reason of the signal. No read is under way any more when it returns or throws.
 */
export async function verifyExtents(request: VerifyRequest): Promise<VerifyReport> {
  const { target, record, mode, seed, memory, signal } = request;
  const plan = planVerify(record, mode, seed);
  const differences: ExtentDifference[] = [];
  let differenceCount = 0;
  let checkedExtents = 0;
  let checkedBytes = 0;
  request.onProgress(0, plan.checkedBytes);
  for await (const { window, block } of readWindows(target, plan.checks, memory.blocks, signal)) {
    for (const extent of window.extents) {
      const from = extent.offset - window.offset;
      const difference = compare(extent, block.bytes.subarray(from, from + extent.length));
      if (difference) differenceCount += 1;
      if (difference && differences.length < mostDifferences) differences.push(difference);
      checkedExtents += 1;
      checkedBytes += extent.length;
    }
    request.onProgress(checkedBytes, plan.checkedBytes);
  }
  const { extentCount, uncheckedBytes } = plan;
  return { mode, checkedBytes, checkedExtents, extentCount, uncheckedBytes, differenceCount, differences };
}

const zeros = Buffer.alloc(extentBytes);

function compare({ offset, length, crc }: Extent, bytes: Uint8Array): ExtentDifference | null {
  const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (crc === null && found.equals(zeros.subarray(0, length))) return null;
  const foundCrc = crc32(found);
  if (foundCrc === crc) return null;
  return { offset, length, expected: crc === null ? 'zeros' : showCrc(crc), found: showCrc(foundCrc) };
}

function showCrc(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

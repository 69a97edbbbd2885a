import { randomInt } from 'node:crypto';
import type { ByteRange } from '../../device-io/byte-range.ts';
import { type DiskTarget, readInto } from '../../device-io/disk-target.ts';
import type { ReadBack } from '../erase-options.ts';
import type { Check, MethodProgress } from '../method.ts';
import { blockBytes, leaseBlocks } from '../overwrite/block-lease.ts';
import { createFaults, inPieces } from '../overwrite/faults.ts';
import { workInOrder } from '../overwrite/in-order.ts';
import type { PassContent } from '../overwrite/pass-source.ts';
import { piecesOf } from '../overwrite/pieces-of.ts';
import { openExpected } from './expected-bytes.ts';
import { findSamplePlaces } from './sample-places.ts';

/** What the device must hold everywhere. */
export type ExpectedContent = PassContent;

export interface ReadBackContext {
  readonly signal: AbortSignal;
  report(progress: MethodProgress): void;
}

const readsInFlight = 4;

/**
 * Reads the whole device (`full`) or a random sample of it (`sample`) and compares it with what it must hold. What differs or
 * cannot be read fails the check. `target` is open with O_DIRECT, so that the device answers and not the page cache. Throws
 * EraseMethodError where the device does not answer at all, and the reason of the signal.
 */
export async function readBack(
  target: DiskTarget,
  expected: ExpectedContent,
  mode: ReadBack,
  { signal, report }: ReadBackContext,
): Promise<Check> {
  const { sizeBytes, sectorBytes } = target;
  const places = mode === 'full' ? [{ start: 0, end: sizeBytes }] : findSamplePlaces(sizeBytes, sectorBytes, randomInt);
  const total = places.reduce((sum, { start, end }) => sum + end - start, 0);
  const faults = createFaults(target);
  using lease = leaseBlocks(readsInFlight + 1);
  const [scratch, ...blocks] = lease.blocks;
  if (!scratch) throw new Error('no memory to compare in');
  const compare = openExpected(expected, scratch, sectorBytes);
  let done = 0;
  report({ phase: 'verify', done, total });
  await workInOrder<ByteRange, Uint8Array>({
    items: piecesOf(places, blockBytes),
    most: readsInFlight,
    signal,
    async start({ start, end }, slot) {
      const bytes = blocks[slot]?.subarray(0, end - start);
      if (!bytes) throw new RangeError(`slot ${slot} of ${blocks.length}`);
      const read = (piece: ByteRange): Promise<void> =>
        readInto(target, bytes.subarray(piece.start - start, piece.end - start), piece.start);
      await inPieces({ start, end }, { faults, sectorBytes, signal }, read);
      return bytes;
    },
    settle(range, bytes) {
      compare.look(bytes, range.start, faults.ranges);
      done += bytes.length;
      report({ phase: 'verify', done, total });
    },
  });
  return describe({ expected, mode, places: places.length, total, sizeBytes, compare, unreadable: faults.ranges });
}

interface Outcome {
  readonly expected: ExpectedContent;
  readonly mode: ReadBack;
  readonly places: number;
  readonly total: number;
  readonly sizeBytes: number;
  readonly compare: { readonly differentSectors: number; readonly firstDifference: number | null };
  readonly unreadable: readonly ByteRange[];
}

function describe({ expected, mode, places, total, sizeBytes, compare, unreadable }: Outcome): Check {
  const { differentSectors, firstDifference } = compare;
  const where = mode === 'full' ? `all ${total} bytes` : `${total} of ${sizeBytes} bytes, at ${places} places,`;
  const [firstUnreadable] = unreadable;
  const faults = [
    ...(firstDifference === null
      ? []
      : [
          `${differentSectors} sectors do not hold ${nameOf(expected)}, the first difference is at byte ${firstDifference}`,
        ]),
    ...(firstUnreadable
      ? [`${unreadable.length} ranges cannot be read, the first is ${firstUnreadable.start} to ${firstUnreadable.end}`]
      : []),
  ];
  const passed = faults.length === 0;
  const found = passed ? `hold ${nameOf(expected)}` : faults.join('; ');
  return { name: 'read-back', passed, detail: `${mode}: ${where} were read: ${passed ? `they ${found}` : found}` };
}

function nameOf(expected: ExpectedContent): string {
  if (expected.kind === 'zeros') return 'zeros';
  return expected.kind === 'stream' ? 'the keyed stream' : `0x${expected.byte.toString(16).padStart(2, '0')}`;
}

import { type DiskTarget, readInto } from '../../storage/device-io/disk-target.ts';
import type { Block } from '../stream/block-pool.ts';
import type { Extent } from './extent-record.ts';

/** Reading over a gap this small is cheaper than another read. */
const bridgedGapBytes = 64 * 1024;

/** Whole sectors that are read at once, and the extents that lie in them. */
export interface Window {
  readonly offset: number;
  readonly length: number;
  readonly extents: readonly Extent[];
}

export interface ReadWindow {
  readonly window: Window;
  /** Holds the bytes from `window.offset` on, until the next one is asked for. */
  readonly block: Block;
}

interface Flight extends ReadWindow {
  readonly landed: Promise<void>;
}

/**
 * Reads the extents (ascending, without overlap) from the device, as many reads ahead of the consumer as there are blocks. Throws
 * DeviceReadError, or the reason of the signal; at its end, of whatever kind, no read is under way any more.
 */
export async function* readWindows(
  target: DiskTarget,
  extents: Iterable<Extent>,
  blocks: readonly Block[],
  signal: AbortSignal,
): AsyncGenerator<ReadWindow> {
  const free = [...blocks];
  const flights: Flight[] = [];
  const land = async (flight: Flight): Promise<ReadWindow> => {
    await flight.landed;
    signal.throwIfAborted();
    return flight;
  };
  try {
    signal.throwIfAborted();
    for (const window of planWindows(extents, target.sectorBytes, blocks[0]?.bytes.length ?? 0)) {
      const block = free.pop();
      if (!block) throw new Error('no block of memory to read into');
      flights.push(launch(target, window, block));
      if (free.length > 0) continue;
      const [first] = flights;
      if (!first) continue;
      yield await land(first);
      flights.shift();
      free.push(first.block);
    }
    for (const flight of flights) yield await land(flight);
  } finally {
    await Promise.allSettled(flights.map(({ landed }) => landed));
  }
}

function launch(target: DiskTarget, window: Window, block: Block): Flight {
  const landed = readInto(target, block.bytes.subarray(0, window.length), window.offset);
  // Whoever waits for it gets the error; until then nobody may take it for one that nobody handles.
  landed.catch(() => undefined);
  return { window, block, landed };
}

/** Joins neighbours to windows of whole sectors that fit into a block. Pure. */
export function* planWindows(extents: Iterable<Extent>, sectorBytes: number, mostBytes: number): Generator<Window> {
  let open: { offset: number; end: number; extents: Extent[] } | null = null;
  const close = ({ offset, end, extents: inside }: NonNullable<typeof open>): Window => ({
    offset,
    length: end - offset,
    extents: inside,
  });
  for (const extent of extents) {
    const offset = extent.offset - (extent.offset % sectorBytes);
    const end = Math.ceil((extent.offset + extent.length) / sectorBytes) * sectorBytes;
    if (open && offset - open.end <= bridgedGapBytes && end - open.offset <= mostBytes) {
      open.end = end;
      open.extents.push(extent);
      continue;
    }
    if (open) yield close(open);
    open = { offset, end, extents: [extent] };
  }
  if (open) yield close(open);
}

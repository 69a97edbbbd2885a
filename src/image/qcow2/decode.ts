import { createFlights } from '../../storage/device-io/flights.ts';
import { createSettledMarks } from '../../storage/device-io/settled-marks.ts';
import type { DiskSink } from '../disk/disk-sink.ts';
import type { BlockStream, StreamBlock } from '../stream/block-stream.ts';
import { startClusterThreads } from './cluster-threads.ts';
import { createPieces } from './pieces.ts';
import type { Qcow2Plan } from './plan.ts';
import { Qcow2ChangedError } from './qcow2-changed-error.ts';
import { safeResumeOffset } from './resume-offset.ts';
import { watchTables } from './watch-tables.ts';
import { createClusterWriter } from './write-clusters.ts';

export interface DecodeOptions {
  readonly plan: Qcow2Plan;
  /** The source from `from` on. The memory of a block is given back when all that was made of it is on the sink. */
  readonly blocks: BlockStream;
  /** 0, or what `onSettled` gave to an earlier run with the same plan. */
  readonly from: number;
  /** Must read as zero where nothing is written. */
  readonly sink: DiskSink;
  /** All source bytes before `offset` are on the sink, and a later run can go on from there. Ascends. */
  readonly onSettled?: (offset: number) => void;
  readonly signal?: AbortSignal;
  /** Default: real ones, begun at the first compressed cluster. */
  readonly startThreads?: typeof startClusterThreads;
}

/** Writes to the sink at the same time: those of large runs are few, for the blocks run out. */
const mostWrites = 32;

/**
 * Reads the source once, to its end, and writes each cluster where the plan has it: data straight from the memory of the block,
 * compressed clusters by way of threads. No write is under way any more when it returns or throws. Throws InvalidQcow2Error for
 * compressed clusters that are none, Qcow2ChangedError where the source is not what the plan was made of, the reason of the
 * signal, and what blocks and sink throw.
 */
export async function decodeQcow2(options: DecodeOptions): Promise<void> {
  const { plan, blocks, from, sink, signal, onSettled = () => undefined } = options;
  const { startThreads = startClusterThreads } = options;
  signal?.throwIfAborted();
  const flights = createFlights(mostWrites, (error) => void blocks.close(error));
  const marks = createSettledMarks((end) => onSettled(safeResumeOffset(plan, end)));
  const clusters = createClusterWriter({ plan, sink, flights, startThreads });
  const pieces = createPieces(plan, from);
  const tables = watchTables(plan.tables, from);
  const abort = (): void => void blocks.close(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  let at = from;

  async function take(block: StreamBlock): Promise<void> {
    const { bytes, offset } = block;
    if (offset !== at) throw new Error(`a block of byte ${offset} where byte ${at} was expected`);
    at += bytes.length;
    if (at > plan.sourceBytes) throw lengthChanged(plan, 'more');
    tables.see(bytes, offset);
    const mark = marks.open(at, () => block.release());
    for (const piece of pieces.of(bytes, offset, mark)) {
      if (piece.kind === 'compressed') {
        await clusters.add(piece);
        continue;
      }
      await flights.room();
      mark.hold();
      flights.start(sink.write(piece.bytes, piece.guestOffset).then(mark.done));
    }
    await clusters.flush();
    mark.close();
  }

  try {
    for (let block = await blocks.next(); block; block = await blocks.next()) {
      signal?.throwIfAborted();
      flights.throwIfFailed();
      await take(block);
    }
    await flights.land();
    if (at < plan.sourceBytes) throw lengthChanged(plan, `${at}`);
  } finally {
    signal?.removeEventListener('abort', abort);
    await clusters.close();
    await flights.settle();
  }
}

function lengthChanged({ sourceBytes }: Qcow2Plan, now: string): Qcow2ChangedError {
  return new Qcow2ChangedError(`the image had ${sourceBytes} bytes when its map was read and has ${now} now`);
}

import type { Flights } from '../../storage/device-io/flights.ts';
import type { DiskSink } from '../disk/disk-sink.ts';
import { allocateBlocks, blockBytes } from '../stream/block-pool.ts';
import type { ClusterReply } from './cluster-thread-main.ts';
import type { ClusterThreads, startClusterThreads } from './cluster-threads.ts';
import { InvalidQcow2Error } from './invalid-qcow2-error.ts';
import type { CompressedPiece } from './pieces.ts';
import type { Qcow2Plan } from './plan.ts';

/** Expands compressed clusters, many at a time, and writes them. */
export interface ClusterWriter {
  /** Waits while all output memory is in use. */
  add(cluster: CompressedPiece): Promise<void>;
  /** Begins with what was added and waits for company. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface ClusterWriterOptions {
  readonly plan: Qcow2Plan;
  readonly sink: DiskSink;
  readonly flights: Flights;
  readonly startThreads: typeof startClusterThreads;
}

/** One expands 300 to 400 MiB/s of zlib, which is less than a disk takes. */
const threadCount = 2;

/** Output memory: 4 MiB for each, cut in two, so that one half is written while the other is being filled. */
const outputBlocks = 3;
const outputBytes = blockBytes / 2;

/** Threads and their memory come with the first compressed cluster. */
export function createClusterWriter({ plan, sink, flights, startThreads }: ClusterWriterOptions): ClusterWriter {
  const { clusterBytes, compressionType, virtualBytes } = plan;
  const perBatch = outputBytes / clusterBytes;
  let threads: ClusterThreads | null = null;
  let outputs: Uint8Array[] | null = null;
  let batch: CompressedPiece[] = [];
  let freed = Promise.withResolvers<void>();

  async function takeOutput(): Promise<Uint8Array> {
    outputs ??= allocateBlocks(outputBlocks).blocks.flatMap(({ bytes }) => [
      bytes.subarray(0, outputBytes),
      bytes.subarray(outputBytes),
    ]);
    for (;;) {
      flights.throwIfFailed();
      const output = outputs.pop();
      if (output) return output;
      await freed.promise;
    }
  }

  function giveBack(output: Uint8Array): void {
    outputs?.push(output);
    freed.resolve();
    freed = Promise.withResolvers<void>();
  }

  async function expandAndWrite(clusters: readonly CompressedPiece[], output: Uint8Array): Promise<void> {
    try {
      threads ??= startThreads(threadCount, { compressionType, clusterBytes });
      const reply = await threads.expand({ inputs: clusters.map(({ bytes }) => shared(bytes)), output });
      if (reply) throw brokenCluster(clusters, reply);
      await Promise.all(runsOf(clusters).map((run) => write(run, output)));
    } finally {
      giveBack(output);
    }
    for (const { mark } of clusters) mark.done();
  }

  async function write({ first, count, guestOffset }: Run, output: Uint8Array): Promise<void> {
    const length = Math.min(count * clusterBytes, virtualBytes - guestOffset);
    await sink.write(output.subarray(first * clusterBytes, first * clusterBytes + length), guestOffset);
  }

  function runsOf(clusters: readonly CompressedPiece[]): Run[] {
    const runs: Run[] = [];
    clusters.forEach(({ guestOffset }, index) => {
      const last = runs.at(-1);
      if (last && last.guestOffset + last.count * clusterBytes === guestOffset) last.count += 1;
      else runs.push({ first: index, count: 1, guestOffset });
    });
    return runs;
  }

  async function flush(): Promise<void> {
    if (batch.length === 0) return;
    const clusters = batch;
    batch = [];
    flights.start(expandAndWrite(clusters, await takeOutput()));
  }

  return {
    flush,
    async add(cluster) {
      batch.push(cluster);
      if (batch.length === perBatch) await flush();
    },
    async close() {
      await threads?.close();
    },
  };
}

/** Clusters of a batch that the guest has one behind the other too. */
interface Run {
  readonly first: number;
  readonly guestOffset: number;
  count: number;
}

/** A copy of what other threads could not see. */
function shared(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

function brokenCluster(clusters: readonly CompressedPiece[], reply: NonNullable<ClusterReply>): InvalidQcow2Error {
  const { guestOffset = 0, sourceOffset = 0 } = clusters[reply.index] ?? {};
  return new InvalidQcow2Error(
    `the compressed cluster of guest byte ${guestOffset} at byte ${sourceOffset}: ${reply.problem}`,
  );
}

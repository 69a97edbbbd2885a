import { parentPort, workerData } from 'node:worker_threads';
import { errorText } from '../../errors/guards.ts';
import { openExpander } from './expand-cluster.ts';
import type { CompressionType } from './plan.ts';

/** What the thread is started with. */
export interface ClusterThreadData {
  readonly compressionType: CompressionType;
  readonly clusterBytes: number;
}

/** Compressed clusters, and memory for one expanded cluster behind the other; all of it shared. */
export interface ClusterTask {
  readonly inputs: readonly Uint8Array[];
  readonly output: Uint8Array;
}

/** One for each task, in order: null, or the first cluster that is none and why. */
export type ClusterReply = { readonly index: number; readonly problem: string } | null;

const { compressionType, clusterBytes } = workerData as ClusterThreadData;
const expandCluster = openExpander(compressionType);

parentPort?.on('message', (task: ClusterTask) => parentPort?.postMessage(expand(task)));

function expand({ inputs, output }: ClusterTask): ClusterReply {
  for (const [index, input] of inputs.entries()) {
    try {
      expandCluster(input, output.subarray(index * clusterBytes, (index + 1) * clusterBytes));
    } catch (error) {
      return { index, problem: errorText(error) };
    }
  }
  return null;
}

import type { startClusterThreads } from '../../../src/image/qcow2/cluster-threads.ts';
import { openExpander } from '../../../src/image/qcow2/expand-cluster.ts';

/** What the threads do, done at once: to start threads takes longer than to decode a small image. */
export const noThreads: typeof startClusterThreads = (_count, { compressionType, clusterBytes }) => ({
  async expand({ inputs, output }) {
    const expand = openExpander(compressionType);
    for (const [index, input] of inputs.entries()) {
      try {
        expand(input, output.subarray(index * clusterBytes, (index + 1) * clusterBytes));
      } catch (error) {
        return { index, problem: String(error) };
      }
    }
    return null;
  },
  close: async () => undefined,
});

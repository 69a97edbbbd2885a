import { startClusterThreads } from '../../../src/image/qcow2/cluster-threads.ts';
import { decodeQcow2 } from '../../../src/image/qcow2/decode.ts';
import { planQcow2, type Qcow2Plan } from '../../../src/image/qcow2/plan.ts';
import { memoryObject } from './memory-object.ts';
import { memorySink } from './memory-sink.ts';
import { sourceBlocks } from './source-blocks.ts';

/** A size that is a multiple of nothing, so that everything straddles. */
export const oddBlockBytes = 12_345;

export async function planOf(image: Uint8Array, targetBytes = 2 ** 50): Promise<Qcow2Plan> {
  return planQcow2(memoryObject(image), { targetBytes });
}

/** What the guest reads, decoded in one go. */
export async function decoded(
  image: Uint8Array,
  { blockBytes = oddBlockBytes, targetBytes = 256 * 2 ** 20, startThreads = startClusterThreads } = {},
): Promise<Uint8Array> {
  const object = memoryObject(image);
  const plan = await planQcow2(object, { targetBytes });
  const sink = memorySink(new Uint8Array(plan.virtualBytes));
  const blocks = sourceBlocks(image, blockBytes);
  await decodeQcow2({ plan, blocks, from: 0, sink, startThreads });
  if (blocks.heldBlocks > 0) throw new Error(`${blocks.heldBlocks} blocks were not released`);
  return sink.content;
}

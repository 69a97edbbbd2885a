import { planQcow2 } from '../qcow2/plan.ts';
import { type ReplaySegment, replaySegments } from '../qcow2/replay.ts';
import type { ImageCheckpoint } from '../resume/checkpoint.ts';
import { unpackHeld } from '../resume/checkpointer.ts';
import { rehash } from '../resume/rehash.ts';
import { ResumeRefusedError } from '../resume/resume-refused-error.ts';
import { servedBlocks } from '../stream/served-blocks.ts';
import type { Attempt, Transferred } from './transfer.ts';
import { decodeToDevice, openWriter, writeToDevice } from './write-stream.ts';

/**
 * Goes on from a checkpoint: what is on the device is read back and hashed, the rest is fetched. A checkpoint that lies ends in
 * a wrong digest, never in a wrong disk.
 */
export async function writeResumed(attempt: Attempt, checkpoint: ImageCheckpoint): Promise<Transferred> {
  const { context, object, hash, memory, transfer } = attempt;
  const { offset: from, sizeBytes } = checkpoint;
  const plan = checkpoint.form === 'qcow2' ? await planQcow2(object, { targetBytes: transfer.targetBytes }) : null;
  const writer = await openWriter(attempt, 'as-it-is');
  if (!unpackHeld(checkpoint.held, writer.held) || !transfer.verifier.restore(checkpoint.record)) {
    throw new ResumeRefusedError('the checkpoint is of another device or of other options');
  }
  context.log.info({ from, of: sizeBytes }, 'going on from the checkpoint');
  const segments: Iterable<ReplaySegment> = plan
    ? replaySegments(plan, from)
    : [{ kind: 'device', guestOffset: 0, length: from }];
  const onProgress = (done: number): void => context.report({ phase: 'read back', done, total: from });
  await rehash({ segments, writer, object, hash, memory, signal: context.signal, onProgress });
  const blocks = servedBlocks({ source: await object.readFrom(from), from, hash, memory });
  try {
    const stream = { blocks, from, writer, isResumable: true };
    if (plan) return await decodeToDevice({ ...stream, plan }, attempt);
    return await writeToDevice({ ...stream, sizeBytes, format: 'raw' }, attempt);
  } finally {
    await blocks.close();
  }
}

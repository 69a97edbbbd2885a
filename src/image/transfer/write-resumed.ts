import type { DiskWriter } from '../disk/disk-writer.ts';
import { planQcow2, type Qcow2Plan } from '../qcow2/plan.ts';
import { type ReplaySegment, replaySegments } from '../qcow2/replay.ts';
import { evidenceDigest } from '../qcow2/table-evidence.ts';
import type { ImageCheckpoint } from '../resume/checkpoint.ts';
import { unpackHeld } from '../resume/checkpointer.ts';
import { rehash } from '../resume/rehash.ts';
import { replaySource } from '../resume/replay-source.ts';
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
  if (plan && evidenceDigest(plan.tables) !== checkpoint.tables) {
    throw new ResumeRefusedError('the clusters of the image are mapped differently now');
  }
  const writer = await openWriter(attempt, 'as-it-is');
  if (!unpackHeld(checkpoint.held, writer.held) || !transfer.verifier.restore(checkpoint.record)) {
    throw new ResumeRefusedError('the checkpoint is of another device or of other options');
  }
  context.log.info({ from, of: sizeBytes }, 'going on from the checkpoint');
  if (plan?.hasCompressedClusters) return expandAgain(plan, from, writer, attempt);
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

/**
 * No hash can show that a cluster which was compressed in the source is right on the device. Its bytes have to be fetched again
 * anyway, to be hashed; so it is expanded and written again as well.
 */
async function expandAgain(plan: Qcow2Plan, from: number, writer: DiskWriter, attempt: Attempt): Promise<Transferred> {
  const { object, hash, memory } = attempt;
  const source = replaySource({ segments: replaySegments(plan, from), rest: from, writer, object });
  const blocks = servedBlocks({ source, from: 0, hash, memory });
  try {
    return await decodeToDevice({ blocks, plan, from, blocksFrom: 0, writer, isResumable: true }, attempt);
  } finally {
    await blocks.close();
  }
}

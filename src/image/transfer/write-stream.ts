import { deviceZeroing } from '../disk/device-zeroing.ts';
import { createDiskWriter, type DiskWriter } from '../disk/disk-writer.ts';
import { writeRaw } from '../disk/write-raw.ts';
import { footerBytes, refuseFooter } from '../format/footer.ts';
import { decodeQcow2 } from '../qcow2/decode.ts';
import type { Qcow2Plan } from '../qcow2/plan.ts';
import { evidenceDigest } from '../qcow2/table-evidence.ts';
import { type ImageCheckpoint, identityOf } from '../resume/checkpoint.ts';
import { type Checkpointer, createCheckpointer } from '../resume/checkpointer.ts';
import type { BlockStream } from '../stream/block-stream.ts';
import { checkDigest } from './check-digest.ts';
import type { Attempt, Transferred } from './transfer.ts';

interface Stream {
  readonly blocks: BlockStream;
  /** False where only a new start helps after a crash: compressed, or from a spool file. */
  readonly isResumable: boolean;
  /** The digest, where it has been checked before. */
  readonly digest?: string;
  /** The writer of a resumed run, which knows what is held back. */
  readonly writer?: DiskWriter;
  /** Where the blocks begin, in the bytes as served. Default: 0. */
  readonly from?: number;
}

export interface RawStream extends Stream {
  readonly sizeBytes: number | null;
  readonly format: string;
}

export interface Qcow2Stream extends Stream {
  readonly plan: Qcow2Plan;
  readonly from: number;
  /** Where the blocks begin if not at `from`: compressed clusters that a resumed run expands once more. */
  readonly blocksFrom?: number;
}

/** Writes decoded bytes to where they belong; throws ImageChecksumError where the whole is not what was expected. */
export async function writeToDevice(stream: RawStream, attempt: Attempt): Promise<Transferred> {
  const { format, sizeBytes, blocks, from = 0 } = stream;
  return settle(stream, attempt, { form: 'raw', tables: null }, async (writer, onSettled) => {
    const { signal } = attempt.context;
    const imageBytes = await writeRaw({ blocks, writer, sizeBytes, signal, from, onSettled });
    const last = Math.min(footerBytes, imageBytes);
    const footer = new Uint8Array(last);
    await writer.read(footer, imageBytes - last);
    refuseFooter(footer, attempt.transfer.imageInfo.id);
    return { imageBytes, format };
  });
}

/** Writes the clusters of a qcow2 image to where they are mapped; all the rest of its virtual size is zero. */
export async function decodeToDevice(stream: Qcow2Stream, attempt: Attempt): Promise<Transferred> {
  const { plan, blocks, from, blocksFrom = from } = stream;
  return settle(stream, attempt, { form: 'qcow2', tables: evidenceDigest(plan.tables) }, async (writer, onSettled) => {
    if (from === 0) await zeroAll(writer, plan.virtualBytes, attempt);
    await decodeQcow2({ plan, blocks, from: blocksFrom, sink: writer, onSettled, signal: attempt.context.signal });
    return { imageBytes: plan.virtualBytes, format: 'qcow2' };
  });
}

/** So much at once that an abort is noticed, whoever makes the zeros. */
const zeroPieceBytes = 1024 ** 3;

async function zeroAll(writer: DiskWriter, sizeBytes: number, { context }: Attempt): Promise<void> {
  for (let done = 0; done < sizeBytes; done += zeroPieceBytes) {
    context.signal.throwIfAborted();
    context.report({ phase: 'zero', done, total: sizeBytes });
    await writer.zero(done, Math.min(zeroPieceBytes, sizeBytes - done));
  }
}

/** By what bytes of the source have found their place on the device. */
type Layout = Pick<ImageCheckpoint, 'form' | 'tables'>;

async function settle(
  stream: Stream,
  attempt: Attempt,
  layout: Layout,
  write: (
    writer: DiskWriter,
    onSettled: (offset: number) => void,
  ) => Promise<{ readonly imageBytes: number; readonly format: string }>,
): Promise<Transferred> {
  const { context, object, phase } = attempt;
  const { from = 0, isResumable } = stream;
  const writer = stream.writer ?? (await openWriter(attempt, 'blank'));
  const total = object.sizeBytes;
  let failure: Error | null = null;
  const fail = (error: Error): void => {
    failure ??= error;
    void stream.blocks.close(error);
  };
  const checkpointer = isResumable ? checkpointsOf(from, attempt, { writer, layout, fail }) : null;
  const report = (done: number): void =>
    context.report({ phase, done, total, sourceBytes: object.fetchedBytes, deviceBytes: writer.doneBytes });
  report(from);
  try {
    const written = await write(writer, (offset) => {
      // Of a compressed stream only the source knows how much there is.
      report(isResumable ? Math.max(offset, from) : object.fetchedBytes);
      checkpointer?.settled(offset);
    });
    // The device tells of a flush that failed only once: not to hear it would be to lose what it was about.
    await checkpointer?.end();
    if (failure) throw failure;
    const digest = stream.digest ?? (await checkDigest(attempt, `the first MiB of ${writer.target.path} stays zero`));
    context.log.info({ bytes: object.fetchedBytes, digest }, 'digest is right');
    return { writer, ...written, servedBytes: total ?? object.fetchedBytes, digest, resumedFrom: from || null };
  } catch (error) {
    throw failure ?? error;
  } finally {
    await checkpointer?.end();
  }
}

export async function openWriter({ transfer, context }: Attempt, how: 'blank' | 'as-it-is'): Promise<DiskWriter> {
  // What it promises will not be on the device any more, whatever becomes of this run.
  if (how === 'blank' && context.checkpoint.read() !== null) context.checkpoint.save(null);
  const target = await transfer.claim(how);
  const { verifier } = transfer;
  if (how === 'blank') verifier.restart();
  const { witness } = verifier;
  const zeroing = deviceZeroing(target, transfer.device.disk, context);
  return createDiskWriter({ target, zeroing, ...(witness ? { witness } : {}) });
}

interface CheckpointedWrite {
  readonly writer: DiskWriter;
  readonly layout: Layout;
  /** Ends the write. */
  fail(error: Error): void;
}

function checkpointsOf(
  from: number,
  { transfer, context, object }: Attempt,
  { writer, layout, fail }: CheckpointedWrite,
): Checkpointer | null {
  const { sizeBytes, validator, hasRandomAccess } = object;
  if (sizeBytes === null || !hasRandomAccess) return null;
  const { imageInfo, expected, device } = transfer;
  return createCheckpointer({
    writer,
    from,
    everyBytes: context.config.imageCheckpointMib * 1024 * 1024,
    save(offset, held) {
      const checkpoint: ImageCheckpoint = {
        imageId: imageInfo.id,
        expected,
        sizeBytes,
        validator,
        device: identityOf(device),
        ...layout,
        offset,
        held,
        record: transfer.verifier.save(),
      };
      context.checkpoint.save(checkpoint);
    },
    onFailure: fail,
  });
}

import type { BlockDevice } from '../../core/block-device.ts';
import type { JobContext } from '../../core/job-context.ts';
import { ImageChecksumError } from '../../errors/catalogue.ts';
import { errorText } from '../../errors/guards.ts';
import type { DiskTarget } from '../../storage/device-io/disk-target.ts';
import type { DiskWriter } from '../disk/disk-writer.ts';
import { ObjectChangedError } from '../http/object-changed-error.ts';
import { openRemoteImage } from '../http/remote-image.ts';
import type { RemoteOptions } from '../http/remote-options.ts';
import { Qcow2ChangedError } from '../qcow2/qcow2-changed-error.ts';
import type { ExpectedDigest } from '../request/checksum.ts';
import type { ImageInfo } from '../request/image-info.ts';
import { type ImageCheckpoint, readCheckpoint, whyChanged } from '../resume/checkpoint.ts';
import { ResumeRefusedError } from '../resume/resume-refused-error.ts';
import { allocateBlocks, type BlockMemory } from '../stream/block-pool.ts';
import { type HashThread, startHashThread } from '../stream/hash-thread.ts';
import type { ImageObject } from '../stream/image-object.ts';
import { withoutUntouchedClaim } from './untouched-claim.ts';
import type { Verifier } from './verification.ts';
import { writeFresh } from './write-fresh.ts';
import { writeResumed } from './write-resumed.ts';

/** What is brought where. */
export interface Transfer {
  readonly imageInfo: ImageInfo;
  /** The disk that is written, or on which the root partition lies. */
  readonly device: BlockDevice;
  /** Room for the image, in bytes. */
  readonly targetBytes: number;
  readonly expected: ExpectedDigest;
  readonly options: RemoteOptions;
  /** Gives the device for us alone, its first and last MiB zero; called when the image has passed what can be checked before. */
  claim(how: 'blank' | 'as-it-is'): Promise<DiskTarget>;
  readonly verifier: Verifier;
}

/** An image whose bytes are on the device but for what is held back; the digest of the bytes as served is right. */
export interface Transferred {
  readonly writer: DiskWriter;
  /** Format of the image, without its compression. */
  readonly format: string;
  /** Size of the disk or file system in it. */
  readonly imageBytes: number;
  readonly servedBytes: number;
  readonly digest: string;
  /** Where the run went on after a crash, in the bytes as served; null where it began at the start. */
  readonly resumedFrom: number | null;
}

/** One attempt at it. */
export interface Attempt {
  readonly transfer: Transfer;
  readonly context: JobContext;
  readonly object: ImageObject;
  readonly hash: HashThread;
  readonly memory: BlockMemory;
  /** Name under which the progress is reported. */
  readonly phase: string;
}

/** Errors after which another start may end well. */
const changes = [ObjectChangedError, Qcow2ChangedError, ResumeRefusedError];

/** A server whose image changes all the time is broken. */
const mostAttempts = 4;

/** Memory between server and disk: one block being filled, two hashed, four written, one spare. */
const servedBlockCount = 8;

/**
 * Brings the image to its device, from a checkpoint where there is one of this image on this device. Starts over where the
 * image on the server has changed, or where a resumed one turns out wrong. Throws TransferError, DecompressionError, InvalidQcow2Error,
 * InvalidImageError, ImageChecksumError, DiskTooSmallError, whatever the disk throws, or the reason of the signal.
 */
export async function bringToDevice(transfer: Transfer, context: JobContext): Promise<Transferred> {
  const { imageInfo, expected, device } = transfer;
  let checkpoint = readCheckpoint(context.checkpoint.read(), { imageId: imageInfo.id, expected, device });
  let isTouched = checkpoint !== null;
  const claim: Transfer['claim'] = async (how) => {
    const target = await transfer.claim(how);
    isTouched = true;
    return target;
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptIt({ ...transfer, claim }, context, attempt, checkpoint);
    } catch (error) {
      context.signal.throwIfAborted();
      const isChanged = changes.some((kind) => error instanceof kind);
      const isResumed = checkpoint !== null && error instanceof ImageChecksumError;
      if (!(isChanged || isResumed) || attempt === mostAttempts) throw isTouched ? withoutUntouchedClaim(error) : error;
      context.log.warn({ reason: errorText(error), attempt }, 'starting over from the first byte');
      checkpoint = null;
    }
  }
}

async function attemptIt(
  transfer: Transfer,
  context: JobContext,
  number: number,
  checkpoint: ImageCheckpoint | null,
): Promise<Transferred> {
  await using object = await openRemoteImage(transfer.imageInfo.urls, transfer.options);
  const changed = checkpoint && whyChanged(checkpoint, object);
  if (changed) context.log.warn({ reason: changed }, 'the checkpoint is of no use');
  const memory = allocateBlocks(servedBlockCount);
  const hash = startHashThread(transfer.expected.algorithm, memory.buffer);
  // Progress never falls within a phase, so that what begins again is another one.
  const phase = number === 1 ? 'write' : `write, attempt ${number}`;
  const attempt: Attempt = { transfer, context, object, hash, memory, phase };
  try {
    return checkpoint && !changed ? await writeResumed(attempt, checkpoint) : await writeFresh(attempt);
  } finally {
    await hash.close();
  }
}

import type { BlockDevice } from '../core/block-device.ts';
import type { JobContext } from '../core/job-context.ts';
import { ImageChecksumError, InvalidImageError } from '../errors/catalogue.ts';
import type { DiskTarget } from './disk/disk-target.ts';
import { checkFirstBytes } from './format/disk-format.ts';
import { showAddress } from './http/address.ts';
import { type GetOptions, get } from './http/get.ts';
import type { ExpectedDigest } from './request/checksum.ts';
import type { ImageInfo } from './request/image-info.ts';
import { type Block, type BlockMemory, type BlockPool, createBlockPool } from './stream/block-pool.ts';
import type { ByteSource } from './stream/byte-source.ts';
import { startHashThread } from './stream/hash-thread.ts';
import { DiskTooSmallError, type HeldBack, type Piece, streamToDisk } from './stream-to-disk.ts';

/** All that the attempts to bring an image to its disk have in common. */
export interface Transfer {
  readonly imageInfo: ImageInfo;
  readonly device: BlockDevice;
  readonly expected: ExpectedDigest;
  readonly options: GetOptions;
  readonly memory: BlockMemory;
  /** Gives the blank disk; called when the image has passed what can be checked before. */
  claim(): Promise<DiskTarget>;
}

/** Which attempt over all, from 1, and from where. */
export interface Attempt {
  readonly address: string;
  readonly number: number;
}

/** An image that is on the disk but for its head and tail, its digest right. */
export interface Transferred {
  readonly target: DiskTarget;
  readonly held: HeldBack;
  /** A block that holds nothing any more. */
  readonly spare: Block;
  /** Under which the progress was reported. */
  readonly phase: string;
}

/**
 * One attempt, from byte 0 of one address. Throws TransferError, DiskTooSmallError, InvalidImageError, ImageChecksumError,
 * whatever the disk throws, or the reason of the signal.
 */
export async function transferImage(
  { address, number }: Attempt,
  transfer: Transfer,
  context: JobContext,
): Promise<Transferred> {
  const { imageInfo, device, expected, memory } = transfer;
  const from = showAddress(new URL(address));
  const source = await get(address, transfer.options);
  const hash = startHashThread(expected.algorithm, memory.buffer);
  try {
    context.log.info({ from, bytes: source.sizeBytes }, 'image server answered');
    const pool = createBlockPool(memory.blocks);
    const first = await inspectedStart(source, pool, imageInfo, device);
    const target = await transfer.claim();
    const total = source.sizeBytes;
    // Progress never falls within a phase, so that what begins again is another one.
    const phase = number === 1 ? 'write' : `write, attempt ${number}`;
    const onWritten = (done: number): void => context.report({ phase, done, total });
    onWritten(0);
    const { signal } = context;
    const held = await streamToDisk({ source, first, target, pool, hash, signal, onWritten });
    if (held.digest !== expected.hex) {
      throw new ImageChecksumError(
        `image ${imageInfo.id} from ${from} (${held.sizeBytes} bytes): expected ${expected.algorithm} ${expected.hex}, ` +
          `actual ${held.digest}; the first MiB of ${device.path} stays zero`,
      );
    }
    context.log.info({ bytes: held.sizeBytes, [expected.algorithm]: held.digest }, 'digest is right');
    return { target, held, phase, spare: await pool.take() };
  } finally {
    source.close();
    await hash.close();
  }
}

/** Reads the first block and refuses what can be refused before the disk is touched. */
async function inspectedStart(
  source: ByteSource,
  pool: BlockPool,
  imageInfo: ImageInfo,
  device: BlockDevice,
): Promise<Piece> {
  if (source.sizeBytes !== null && source.sizeBytes > device.sizeBytes) {
    throw new DiskTooSmallError(device, `${source.sizeBytes}`);
  }
  const block = await pool.take();
  const length = await source.fill(block.bytes);
  if (length === 0) throw new InvalidImageError(`image ${imageInfo.id} is empty`);
  checkFirstBytes(imageInfo, block.bytes.subarray(0, length));
  return { block, offset: 0, length };
}

import { InvalidImageError } from '../../errors/catalogue.ts';
import { requireQemuImg } from '../../tools/qemu-img.ts';
import { decompress } from '../compression/decompress.ts';
import { type ConvertibleFormat, checkConvertible, isConvertible } from '../convert/check-convertible.ts';
import { convertToRaw } from '../convert/convert-to-raw.ts';
import { DiskTooSmallError } from '../disk/disk-too-small-error.ts';
import { type Inspection, inspectImage, inspectUnpacked } from '../format/inspect-image.ts';
import { planQcow2 } from '../qcow2/plan.ts';
import { spoolBlocks, spoolLimit } from '../spool/spool-blocks.ts';
import type { BlockStream, StreamBlock } from '../stream/block-stream.ts';
import type { ImageObject } from '../stream/image-object.ts';
import { prepend, servedBlocks } from '../stream/served-blocks.ts';
import { checkDigest } from './check-digest.ts';
import type { Attempt, Transferred } from './transfer.ts';
import { untouched } from './untouched-claim.ts';
import { decodeToDevice, writeToDevice } from './write-stream.ts';

/** Writes the image from its first byte. Nothing of the disk is touched before its first bytes have been looked at. */
export async function writeFresh(attempt: Attempt): Promise<Transferred> {
  const { object, hash, memory } = attempt;
  const served = servedBlocks({ source: await object.readFrom(0), from: 0, hash, memory });
  try {
    const opened = await open(served, attempt);
    try {
      return await writeOpened(opened, attempt);
    } finally {
      await opened.blocks.close();
    }
  } finally {
    await served.close();
  }
}

/** The stream without its compression. */
interface OpenedStream {
  readonly blocks: BlockStream;
  readonly format: string;
  readonly isCompressed: boolean;
}

async function open(served: BlockStream, attempt: Attempt): Promise<OpenedStream> {
  const { context } = attempt;
  const first = await look(served, attempt);
  const form = inspectImage(first.bytes, ask(attempt));
  context.log.info({ ...form }, 'image inspected');
  const blocks = prepend(first, served);
  if (form.kind === 'disk') return { blocks, format: form.format, isCompressed: false };
  const unpacked = decompress(form.compression, blocks, context);
  try {
    const firstInside = await look(unpacked, attempt);
    const { format } = inspectUnpacked(firstInside.bytes, ask(attempt), form.compression);
    context.log.info({ format, inside: form.compression }, 'image inspected');
    return { blocks: prepend(firstInside, unpacked), format, isCompressed: true };
  } catch (error) {
    await unpacked.close();
    throw error;
  }
}

async function look(stream: BlockStream, { transfer }: Attempt): Promise<StreamBlock> {
  const first = await stream.next();
  if (first) return first;
  throw new InvalidImageError(`image ${transfer.imageInfo.id} is empty; ${untouched}`);
}

function ask({ transfer, context }: Attempt): Inspection {
  const { id: imageId, diskFormat } = transfer.imageInfo;
  const { permittedImageFormats: permitted, disableDeepImageInspection } = context.config;
  return { imageId, diskFormat, permitted, deep: !disableDeepImageInspection };
}

async function writeOpened(opened: OpenedStream, attempt: Attempt): Promise<Transferred> {
  const { format, isCompressed, blocks } = opened;
  const { object, transfer } = attempt;
  const { targetBytes } = transfer;
  if (format === 'raw' || format === 'iso') {
    const sizeBytes = isCompressed ? null : object.sizeBytes;
    if (sizeBytes !== null && sizeBytes > targetBytes) {
      throw new DiskTooSmallError({ path: transfer.device.path, sizeBytes: targetBytes }, `${sizeBytes}`);
    }
    return writeToDevice({ blocks, sizeBytes, format, isResumable: !isCompressed }, attempt);
  }
  if (format === 'qcow2' && !isCompressed && object.hasRandomAccess) {
    const plan = await planQcow2(object, { targetBytes });
    return decodeToDevice({ blocks, plan, from: 0, isResumable: true }, attempt);
  }
  return writeSpooled(opened, attempt);
}

/** What cannot be read in one pass goes to a file in memory first, if it fits; its digest is right before the disk is touched. */
async function writeSpooled({ blocks, format, isCompressed }: OpenedStream, attempt: Attempt): Promise<Transferred> {
  const { context, object, transfer } = attempt;
  const expectedBytes = isCompressed ? null : object.sizeBytes;
  if (isConvertible(format)) await refuseInconvertible(format, isCompressed, attempt);
  const limitBytes = await spoolLimit(context.spoolDir, context.config.imageSpoolBytes);
  context.report({ phase: 'download', done: 0, total: object.sizeBytes });
  const { signal, spoolDir: dir } = context;
  await using spool = await spoolBlocks(blocks, { dir, limitBytes, expectedBytes, signal });
  const digest = await checkDigest(attempt, untouched);
  const { targetBytes } = transfer;
  if (format === 'qcow2') {
    const plan = await planQcow2(spool, { targetBytes });
    return await fromSpool(spool, attempt, (local) =>
      decodeToDevice({ blocks: local, plan, from: 0, isResumable: false, digest }, attempt),
    );
  }
  context.report({ phase: 'convert', done: 0, total: null });
  if (!isConvertible(format)) throw new Error(`nobody has refused format ${format}`);
  const ask = { imageId: transfer.imageInfo.id, format, targetBytes };
  await using raw = await convertToRaw(spool, ask, context, { limitBytes });
  return await fromSpool(raw, attempt, (local) =>
    writeToDevice({ blocks: local, sizeBytes: raw.sizeBytes, format, isResumable: false, digest }, attempt),
  );
}

/** Looks at the headers before all of the image is fetched, where the server can show them. */
async function refuseInconvertible(
  format: ConvertibleFormat,
  isCompressed: boolean,
  { object, context, transfer }: Attempt,
): Promise<void> {
  await requireQemuImg(context.run);
  const { sizeBytes, hasRandomAccess } = object;
  if (isCompressed || sizeBytes === null || !hasRandomAccess) return;
  const { imageInfo, targetBytes } = transfer;
  const file = { sizeBytes, readAt: (offset: number, length: number) => object.readAt(offset, length) };
  await checkConvertible(file, { imageId: imageInfo.id, format, targetBytes });
}

async function fromSpool<T>(
  spool: ImageObject,
  { memory }: Attempt,
  write: (blocks: BlockStream) => Promise<T>,
): Promise<T> {
  const blocks = servedBlocks({ source: await spool.readFrom(0), from: 0, hash: null, memory });
  try {
    return await write(blocks);
  } finally {
    await blocks.close();
  }
}

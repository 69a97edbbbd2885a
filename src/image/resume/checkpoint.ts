import joi from 'joi';
import type { BlockDevice } from '../../core/block-device.ts';
import type { ExpectedDigest } from '../request/checksum.ts';
import type { ImageObject } from '../stream/image-object.ts';

/** How far an image is on its disk, written down after a flush of the device: all source bytes before `offset` are durable. */
export interface ImageCheckpoint {
  readonly imageId: string;
  /** What the whole must hash to: another image under the same id is another one. */
  readonly expected: ExpectedDigest;
  readonly sizeBytes: number;
  /** Strong validator of the object; null where the server gives none. */
  readonly validator: string | null;
  /** `identityOf` the device. */
  readonly device: string;
  readonly form: 'raw' | 'qcow2';
  /** Digest of the tables by which the clusters of a qcow2 image were placed; null for raw. */
  readonly tables: string | null;
  /** In the bytes as served. */
  readonly offset: number;
  /** The first and the last MiB of the device, which are not on it yet: base64 of their deflated bytes. */
  readonly held: string;
  /** What was written, for the read-back; null where none is wanted. */
  readonly record: string | null;
}

/** What tells a device from another one, as JSON text. */
export function identityOf(device: BlockDevice): string {
  const { path, sizeBytes, logicalSectorBytes, serial, wwn, diskSequence = null } = device;
  return JSON.stringify({ path, sizeBytes, logicalSectorBytes, serial, wwn, diskSequence });
}

const nullableText = joi.string().allow(null).required();

const schema = joi
  .object<ImageCheckpoint, true>({
    imageId: joi.string().required(),
    expected: joi
      .object<ExpectedDigest>({ algorithm: joi.string().required(), hex: joi.string().required() })
      .required(),
    sizeBytes: joi.number().integer().min(0).required(),
    validator: nullableText,
    device: joi.string().required(),
    form: joi.string().valid('raw', 'qcow2').required(),
    tables: nullableText,
    offset: joi.number().integer().min(0).required(),
    held: joi.string().base64().required(),
    record: joi.string().allow(null, '').required(),
  })
  .required();

/** What a run looks for in a checkpoint. */
export interface ResumeQuestion {
  readonly imageId: string;
  readonly expected: ExpectedDigest;
  readonly device: BlockDevice;
}

/**
 * The checkpoint that a run may go on from: null where there is none, or where it is of another image or of another device.
 * What the server has is not known yet: see `whyChanged`.
 */
export function readCheckpoint(saved: unknown, { imageId, expected, device }: ResumeQuestion): ImageCheckpoint | null {
  const { value, error } = schema.validate(saved, { convert: false });
  if (error || value.imageId !== imageId) return null;
  const isSame =
    value.expected.algorithm === expected.algorithm &&
    value.expected.hex === expected.hex &&
    value.device === identityOf(device);
  return isSame ? value : null;
}

/** Why the object on the server is not the one of the checkpoint, or cannot be read from the middle; null where it can go on. */
export function whyChanged(checkpoint: ImageCheckpoint, object: ImageObject): string | null {
  if (!object.hasRandomAccess) return 'the server gives no ranges';
  if (object.sizeBytes !== checkpoint.sizeBytes) {
    return `the image had ${checkpoint.sizeBytes} bytes and has ${object.sizeBytes ?? 'an unknown number'}`;
  }
  if (object.validator !== checkpoint.validator) {
    return `its validator was ${checkpoint.validator ?? 'none'} and is ${object.validator ?? 'none'}`;
  }
  return null;
}

import joi from 'joi';
import { imageInfoSchema, type WireImageInfo } from './image-info.ts';

/** What the step write_image and standby.prepare_image are given, as it travels. */
export interface DeployParams {
  readonly image_info: WireImageInfo;
  readonly configdrive: string | object | null;
}

export const deployParamsSchema = joi.object<DeployParams, true>({
  image_info: imageInfoSchema.required().description('What to write, where it is, and its checksum.'),
  configdrive: joi
    .alternatives(joi.string(), joi.object())
    .empty(null)
    .default(null)
    .description('Config drive for the instance: base64 of gzip of an ISO 9660 or FAT image, or its address.'),
});

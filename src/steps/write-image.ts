import joi from 'joi';
import { defineStep } from '../core/step.ts';
import { deployImage } from '../image/deploy-image.ts';
import { imageInfoSchema, type WireImageInfo } from '../image/image-info.ts';

interface WriteImageArgs {
  readonly image_info: WireImageInfo;
  readonly configdrive: string | object | null;
}

export const writeImageStep = defineStep<WriteImageArgs>({
  name: 'write_image',
  summary: 'Write an image to the root device and check it by its digest.',
  interface: 'deploy',
  offer: { deploy: 0, service: 0 },
  args: joi.object<WriteImageArgs, true>({
    image_info: imageInfoSchema.required().description('What to write, where it is, and its checksum.'),
    configdrive: joi
      .alternatives(joi.string(), joi.object())
      .empty(null)
      .default(null)
      .description('Config drive for the instance; not supported yet.'),
  }),
  queue: 'image',
  replay: 'repeatable',
  progress: 'bytes',
  abortable: true,
  rebootRequested: false,
  run: ({ image_info: imageInfo, configdrive }, context) =>
    deployImage({ imageInfo, configdrive, node: context.node }, context),
});

import joi from 'joi';
import { defineCommand } from '../../core/command.ts';
import { deployImage } from '../../image/deploy-image.ts';
import { imageInfoSchema, type WireImageInfo } from '../../image/image-info.ts';

interface PrepareImageParams {
  readonly image_info: WireImageInfo;
  readonly configdrive: string | object | null;
}

export const prepareImage = defineCommand<PrepareImageParams>({
  name: 'standby.prepare_image',
  summary: 'Write an image to the root device; older conductors use it where newer ones run the step write_image.',
  params: joi.object<PrepareImageParams, true>({
    image_info: imageInfoSchema.required().description('What to write, where it is, and its checksum.'),
    configdrive: joi
      .alternatives(joi.string(), joi.object())
      .empty(null)
      .default(null)
      .description('Config drive for the instance; not supported yet.'),
  }),
  mode: 'async',
  handling: { kind: 'fixed', queue: 'image', replay: 'repeatable', progress: 'bytes' },
  abortable: true,
  async run({ image_info: imageInfo, configdrive }, context) {
    return deployImage({ imageInfo, configdrive, node: await context.state.read('node') }, context);
  },
});

import { defineCommand } from '../../core/command.ts';
import { deployImage } from '../../image/deploy-image.ts';
import { type DeployParams, deployParamsSchema } from '../../image/request/deploy-params.ts';

export const prepareImage = defineCommand<DeployParams>({
  name: 'standby.prepare_image',
  summary: 'Write an image to the root device; older conductors use it where newer ones run the step write_image.',
  params: deployParamsSchema,
  mode: 'async',
  handling: { kind: 'fixed', queue: 'image', replay: 'resumable', progress: 'bytes' },
  abortable: true,
  async run({ image_info: imageInfo, configdrive }, context) {
    return deployImage({ imageInfo, configdrive, node: await context.state.read('node') }, context);
  },
});

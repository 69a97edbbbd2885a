import { defineStep } from '../core/step.ts';
import { deployImage } from '../image/deploy-image.ts';
import { type DeployParams, deployParamsSchema } from '../image/request/deploy-params.ts';

export const writeImageStep = defineStep<DeployParams>({
  name: 'write_image',
  summary: 'Write an image to the root device and check it by its digest.',
  interface: 'deploy',
  offer: { deploy: 0, service: 0 },
  args: deployParamsSchema,
  queue: 'image',
  replay: 'resumable',
  progress: 'bytes',
  abortable: true,
  rebootRequested: false,
  run: ({ image_info: imageInfo, configdrive }, context) =>
    deployImage({ imageInfo, configdrive, node: context.node }, context),
});

import joi from 'joi';
import { defineStep } from '../core/step.ts';
import { installBootc } from '../image/bootc/install-bootc.ts';

interface ExecuteBootcInstallArgs {
  readonly image_source: string;
  readonly configdrive: string | object | null;
  readonly oci_pull_secret: string | null;
}

export const executeBootcInstallStep = defineStep<ExecuteBootcInstallArgs>({
  name: 'execute_bootc_install',
  summary: 'Install a bootable container on the root device; needs podman in the ramdisk.',
  interface: 'deploy',
  offer: { deploy: 0, service: 0 },
  args: joi.object<ExecuteBootcInstallArgs>({
    image_source: joi.string().required().description('The container, oci://registry/repository:tag.'),
    configdrive: joi
      .alternatives(joi.string(), joi.object())
      .empty(null)
      .default(null)
      .description('Config drive for the instance, as for write_image.'),
    oci_pull_secret: joi
      .string()
      .empty(['', null])
      .default(null)
      .description('Credentials of the registry, in base64.'),
  }),
  queue: 'image',
  replay: 'once',
  progress: 'steps',
  abortable: false,
  rebootRequested: false,
  async run({ image_source: imageSource, configdrive, oci_pull_secret: pullSecret }, context) {
    const { node } = context;
    const instanceInfo = node.instance_info ?? {};
    const done = await installBootc({ imageSource, instanceInfo, pullSecret, configdrive, node }, context);
    return { result: `execute_bootc_install: ${done}` };
  },
});

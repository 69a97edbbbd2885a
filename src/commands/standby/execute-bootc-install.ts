import joi from 'joi';
import { defineCommand } from '../../core/command.ts';
import { installBootc } from '../../image/bootc/install-bootc.ts';

interface ExecuteBootcInstallParams {
  readonly image_source: string;
  readonly instance_info: Readonly<Record<string, unknown>>;
  readonly pull_secret: string | null;
  readonly configdrive: string | object | null;
}

export const executeBootcInstall = defineCommand<ExecuteBootcInstallParams>({
  name: 'standby.execute_bootc_install',
  summary: 'Install a bootable container on the root device; conductors run the step of this name instead.',
  params: joi.object<ExecuteBootcInstallParams>({
    image_source: joi.string().required().description('The container, oci://registry/repository:tag.'),
    instance_info: joi
      .object()
      .unknown()
      .default({})
      .description('Of the node: bootc_authorized_keys and bootc_tpm2_luks are looked at.'),
    pull_secret: joi.string().empty(['', null]).default(null).description('Credentials of the registry, in base64.'),
    configdrive: joi
      .alternatives(joi.string(), joi.object())
      .empty(null)
      .default(null)
      .description('Config drive for the instance, as for write_image.'),
  }),
  mode: 'async',
  handling: { kind: 'fixed', queue: 'image', replay: 'once', progress: 'steps' },
  abortable: false,
  async run({ image_source: imageSource, instance_info: instanceInfo, pull_secret: pullSecret, configdrive }, context) {
    const node = await context.state.read('node');
    return await installBootc({ imageSource, instanceInfo, pullSecret, configdrive, node }, context);
  },
});

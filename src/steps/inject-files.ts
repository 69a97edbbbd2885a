import joi from 'joi';
import type { StepContext } from '../core/job-context.ts';
import { defineStep } from '../core/step.ts';
import { InvalidCommandParamsError } from '../errors/catalogue.ts';
import { configuredOptions } from '../image/http/configured-options.ts';
import { fileFromWire, type WireFile, wireFileSchema } from '../image/inject-files/file-request.ts';
import { injectFiles } from '../image/inject-files/inject-files.ts';

interface InjectFilesArgs {
  readonly files?: readonly WireFile[] | null;
  readonly verify_ca?: boolean | string | null;
}

const filesSchema = joi.array<readonly WireFile[]>().items(wireFileSchema).allow(null);

export const injectFilesStep = defineStep<InjectFilesArgs>({
  name: 'inject_files',
  summary: 'Write files into the installed system, or delete some, and read them back.',
  interface: 'deploy',
  offer: { deploy: 'injectFilesPriority', service: 'injectFilesPriority' },
  args: joi.object<InjectFilesArgs>({
    files: filesSchema.description(
      'Files to write or delete, after those that properties.inject_files of the node names.',
    ),
    verify_ca: joi
      .alternatives(joi.boolean(), joi.string().min(1))
      .allow(null)
      .description(
        'Whether certificates of https servers are verified, or the path of a CA file in the ramdisk to verify them with. ' +
          'Default: as the agent is configured.',
      ),
  }),
  queue: 'image',
  replay: 'repeatable',
  progress: 'steps',
  abortable: true,
  rebootRequested: false,
  async run({ files, verify_ca: verifyCa = null }, context) {
    const requests = [...filesOfNode(context), ...(files ?? [])].map(fileFromWire);
    if (requests.length === 0) {
      context.log.info({}, 'no files to inject: neither the node nor the step names any');
      return null;
    }
    const config = {
      ...context.config,
      ...(typeof verifyCa === 'boolean' ? { insecure: !verifyCa } : {}),
      ...(typeof verifyCa === 'string' ? { insecure: false, caFile: verifyCa } : {}),
    };
    await injectFiles(requests, configuredOptions({ ...context, config }), context);
    return null;
  },
});

function filesOfNode({ node }: StepContext): readonly WireFile[] {
  const { value, error } = filesSchema.validate(node.properties?.inject_files ?? [], {
    abortEarly: false,
    convert: false,
    errors: { label: 'path' },
  });
  if (error)
    throw new InvalidCommandParamsError(`properties.inject_files of the node: ${error.message}`, { cause: error });
  return value ?? [];
}

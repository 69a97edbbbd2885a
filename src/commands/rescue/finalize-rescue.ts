import joi from 'joi';
import { defineCommand } from '../../core/command.ts';
import { finalizeRescue as rescue } from '../../rescue/finalize-rescue.ts';

interface FinalizeRescueParams {
  readonly rescue_password: string;
  readonly hashed: boolean;
}

export const finalizeRescue = defineCommand<FinalizeRescueParams>({
  name: 'rescue.finalize_rescue',
  summary: 'Set the password of the rescue user; after the answer the agent serves no more in this boot.',
  params: joi.object<FinalizeRescueParams, true>({
    rescue_password: joi.string().allow('').default('').description('The password, or its hash.'),
    hashed: joi.boolean().default(false).description('Whether it is a hash already, as crypt(5) makes it.'),
  }),
  mode: 'sync',
  handling: { kind: 'fixed', queue: 'system', replay: 'repeatable', progress: 'steps' },
  abortable: false,
  run: async ({ rescue_password: password, hashed }, context) => {
    rescue({ password, hashed }, context);
    return null;
  },
  // The machine belongs to its user now: its network stays as it is.
  afterService: () => Promise.resolve(),
});

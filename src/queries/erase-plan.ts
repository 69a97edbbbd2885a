import joi, { type ObjectSchema } from 'joi';
import { defineCommand } from '../core/command.ts';
import type { IronicNode } from '../core/ironic-node.ts';
import { InvalidCommandParamsError } from '../errors/catalogue.ts';
import { commonEraseArgsSchema, type EraseArgs, eraseArgsSchema } from '../storage/erase/plan/erase-args.ts';
import type { EraseStepName } from '../storage/erase/plan/erase-plan.ts';
import { planErasure } from '../storage/erase/plan/plan-erasure.ts';
import { presentPlan } from '../storage/erase/plan/present-plan.ts';

interface ErasePlanParams {
  node?: IronicNode;
  step: EraseStepName;
  args: EraseArgs;
}

/** What the step itself takes: a plan with other arguments would be one that it can never have. */
export function schemaOfArgs(step: EraseStepName): ObjectSchema<EraseArgs> {
  return step === 'erase_devices' ? eraseArgsSchema : commonEraseArgsSchema;
}

/** `POST /v1/erase/plan` */
export const erasePlan = defineCommand<ErasePlanParams>({
  name: 'erase.plan',
  summary: 'Show what an erase step would do to every disk, and why, without touching anything.',
  params: joi.object<ErasePlanParams>({
    node: joi
      .object<IronicNode>({ uuid: joi.string().required().description('UUID of the node.') })
      .unknown()
      .description('The node as Ironic has it, with its erase options; by default the one that the agent knows.'),
    step: joi
      .string()
      .valid('erase_devices', 'erase_devices_metadata', 'erase_devices_express')
      .default('erase_devices')
      .description('The step to plan for.'),
    args: eraseArgsSchema.default({}).description('Arguments that the step would get.'),
  }),
  mode: 'sync',
  handling: { kind: 'fixed', queue: 'inspection', replay: 'repeatable', progress: 'devices' },
  abortable: true,
  async run({ node, step, args }, context) {
    const known = node ?? (await context.state.read('node'));
    // Without it the skip list would be unknown, and the plan would show disks as free that are not.
    if (known === null) throw new InvalidCommandParamsError("the agent knows no node yet: 'node' is required");
    const { error } = schemaOfArgs(step).validate(args, { convert: false });
    if (error) throw new InvalidCommandParamsError(`args of ${step}: ${error.message}`, { cause: error });
    const { plan, hash } = await planErasure({ step, node: known, args }, context);
    return presentPlan(plan, hash);
  },
});

import joi from 'joi';
import { optionKeys } from '../config/declarations.ts';
import { queueNames } from '../core/queue-name.ts';

/** A number, or the key of an option that says one. */
const priority = joi.alternatives(
  joi.number().integer().min(0),
  joi.string().valid(...optionKeys.filter((key) => key.endsWith('Priority'))),
);

const step = joi
  .object({
    name: joi
      .string()
      .pattern(/^[a-z][a-z0-9_]*$/)
      .required(),
    summary: joi.string().required(),
    interface: joi.string().valid('deploy', 'raid', 'bios', 'management', 'power', 'firmware').required(),
    offer: joi
      .object({
        clean: priority,
        deploy: priority,
        service: priority,
      })
      .required(),
    args: joi
      .any()
      .custom((value: unknown) => {
        if (!joi.isSchema(value) || value.type !== 'object') throw new Error('expected a joi object schema');
        return value;
      })
      .required(),
    queue: joi
      .string()
      .valid(...queueNames)
      .required(),
    replay: joi.string().valid('repeatable', 'resumable', 'once').required(),
    progress: joi.string().valid('bytes', 'devices', 'steps', 'seconds').required(),
    abortable: joi.boolean().required(),
    rebootRequested: joi.boolean().required(),
    run: joi.function().required(),
  })
  .unknown();

/** The shape of a hardware manager: how one from a third party is judged before it is used. */
export const managerSchema = joi
  .object({
    name: joi
      .string()
      .pattern(/^[a-z][a-z0-9_]*$/)
      .required(),
    className: joi
      .string()
      .pattern(/^[A-Za-z]\w*$/)
      .required(),
    version: joi.string().required(),
    evaluateSupport: joi.function().required(),
    steps: joi.array().items(step).unique('name'),
    initialize: joi.function(),
    listBlockDevices: joi.function(),
  })
  .unknown()
  .required();

import joi from 'joi';
import { type EraseMethodName, eraseMethodNames } from '../method-name.ts';

/** What every erase step may be given besides the node. */
export interface CommonEraseArgs {
  plan_hash?: string;
  fabric_devices?: string[];
  dissolve_arrays?: boolean;
}

/** What `erase_devices` may be given. */
export interface EraseArgs extends CommonEraseArgs {
  method?: EraseMethodName;
  passes?: string[];
  verification?: 'sample' | 'full';
}

const common = {
  plan_hash: joi
    .string()
    .pattern(/^[0-9a-f]{64}$/, 'a SHA-256 in hexadecimal')
    .description('Hash of the plan that was approved; the step refuses if it would do anything else.'),
  fabric_devices: joi
    .array()
    .items(joi.string().min(1))
    .description('Serial numbers or WWNs of disks that may be erased although they are attached over a network.'),
  dissolve_arrays: joi
    .boolean()
    .description('Stop software RAID arrays and erase their members, instead of the arrays.'),
};

/** Schema of the arguments of erase_devices_metadata and erase_devices_express. */
export const commonEraseArgsSchema = joi.object<CommonEraseArgs, true>(common);

/** Schema of the arguments of erase_devices, and of a plan for any erase step. */
export const eraseArgsSchema = joi.object<EraseArgs, true>({
  ...common,
  method: joi
    .string()
    .valid(...eraseMethodNames.filter((name) => name !== 'metadata'))
    .description('The one method to use on every disk; by default each has the strongest that it offers.'),
  passes: joi
    .array()
    .items(joi.string().pattern(/^(zeros|random|0x[0-9a-fA-F]{2})$/, 'zeros, random or a byte such as 0x55'))
    .min(1)
    .max(99)
    .description('What an overwrite writes, pass by pass: zeros, random, or a byte such as 0x55.'),
  verification: joi.string().valid('sample', 'full').description('How much is read back.'),
});

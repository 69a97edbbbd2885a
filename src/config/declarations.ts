import type { Config } from '../core/config.ts';
import type { OptionDeclaration } from './option.ts';
import { agentApiOptions } from './options/agent-api.ts';
import { erasingOptions } from './options/erasing.ts';
import { imageOptions } from './options/images.ts';
import { inspectionOptions } from './options/inspection.ts';
import { ironicOptions } from './options/ironic.ts';
import { machineOptions } from './options/machine.ts';
import { mdnsOptions } from './options/mdns.ts';
import { networkOptions } from './options/network.ts';

export type OptionKey = keyof Config;

/** A declaration of every option; a key of Config without one, or with one of another type, does not compile. */
export type OptionDeclarations = { readonly [K in OptionKey]: OptionDeclaration<Config[K]> };

/** Every option by its key in Config, in the order in which help and documentation show them. */
export const optionDeclarations: OptionDeclarations = Object.freeze({
  ...ironicOptions,
  ...mdnsOptions,
  ...agentApiOptions,
  ...networkOptions,
  ...machineOptions,
  ...inspectionOptions,
  ...erasingOptions,
  ...imageOptions,
});

export const optionKeys: readonly OptionKey[] = Object.freeze(Object.keys(optionDeclarations) as OptionKey[]);

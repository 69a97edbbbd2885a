import { defineOption } from '../option.ts';
import { listOf, toggle, wholeNumber } from '../option-types.ts';

/** Options about finding Ironic by multicast DNS. */
export const mdnsOptions = {
  useMdns: defineOption({
    name: 'use_mdns',
    group: 'mdns',
    kernelParameter: 'ipa-use-mdns',
    type: toggle,
    default: false,
    help: 'Ask the network for the Ironic API where no api_url is given.',
  }),
  mdnsLookupAttempts: defineOption({
    name: 'lookup_attempts',
    group: 'mdns',
    kernelParameter: null,
    type: wholeNumber(1),
    default: 3,
    help: 'How often the network is asked for a service.',
  }),
  mdnsAllowedOverrides: defineOption({
    name: 'allowed_overrides',
    group: 'mdns',
    kernelParameter: null,
    type: listOf(/^[a-z0-9_]+$/, 'names of options, separated by commas'),
    default: ['inspection_callback_url', 'ntp_server'],
    help: 'Options that the answer may set, stronger than all other sources.',
  }),
  mdnsInterfaces: defineOption({
    name: 'interfaces',
    group: 'mdns',
    kernelParameter: null,
    type: listOf(/^[0-9a-fA-F.:]+$/, 'own IP addresses, separated by commas'),
    default: [],
    help: 'Own addresses of the interfaces to ask on; by default all interfaces.',
  }),
};

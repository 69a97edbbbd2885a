import { defineOption } from '../option.ts';
import { optionalPath, optionalTextLike, seconds, toggle, urlsOrMdns } from '../option-types.ts';

/** Options about the way to Ironic. */
export const ironicOptions = {
  apiUrls: defineOption({
    name: 'api_url',
    kernelParameter: 'ipa-api-url',
    type: urlsOrMdns,
    default: [],
    help: 'Base URLs of the Ironic API, tried in this order; mdns asks the network for one.',
  }),
  standalone: defineOption({
    name: 'standalone',
    kernelParameter: null,
    type: toggle,
    default: false,
    help: 'Work without Ironic: no lookup, no heartbeats.',
  }),
  globalRequestId: defineOption({
    name: 'global_request_id',
    kernelParameter: 'ipa-global-request-id',
    type: optionalTextLike(/^req-[0-9a-fA-F-]+$/, 'a request id, req-<uuid>'),
    default: null,
    help: 'Request id that goes with every request to Ironic.',
  }),
  ironicApiVersion: defineOption({
    name: 'ironic_api_version',
    kernelParameter: 'ipa-ironic-api-version',
    type: optionalTextLike(/^\d+\.\d+$/, 'a version, such as 1.68'),
    default: null,
    help: 'Version of the Ironic API to assume instead of asking for it.',
  }),
  lookupTimeoutSeconds: defineOption({
    name: 'lookup_timeout',
    kernelParameter: 'ipa-lookup-timeout',
    type: seconds(0),
    default: 600,
    help: 'Seconds after which the agent gives up looking for its node.',
  }),
  lookupIntervalSeconds: defineOption({
    name: 'lookup_interval',
    kernelParameter: 'ipa-lookup-interval',
    type: seconds(0),
    default: 1,
    help: 'Least number of seconds between two lookups.',
  }),
  httpRequestTimeoutSeconds: defineOption({
    name: 'http_request_timeout',
    kernelParameter: 'ipa-http-request-timeout',
    type: seconds(1),
    default: 30,
    help: 'Seconds that a request to Ironic may take.',
  }),
  insecure: defineOption({
    name: 'insecure',
    kernelParameter: 'ipa-insecure',
    type: toggle,
    default: false,
    help: 'Do not verify the certificates of Ironic and of image servers.',
  }),
  caFile: defineOption({
    name: 'cafile',
    kernelParameter: null,
    type: optionalPath,
    default: null,
    help: 'PEM file with the certificate authorities to trust.',
  }),
  certFile: defineOption({
    name: 'certfile',
    kernelParameter: null,
    type: optionalPath,
    default: null,
    help: 'PEM file with the client certificate to show.',
  }),
  keyFile: defineOption({
    name: 'keyfile',
    kernelParameter: null,
    type: optionalPath,
    default: null,
    help: 'PEM file with the key of the client certificate.',
  }),
};

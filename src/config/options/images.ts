import { defineOption } from '../option.ts';
import { optionalText, seconds, text, toggle, wholeNumber } from '../option-types.ts';

/** Options about fetching images. */
export const imageOptions = {
  md5Enabled: defineOption({
    name: 'md5_enabled',
    kernelParameter: null,
    type: toggle,
    default: true,
    help: 'Accept MD5 checksums of images; what Ironic says at lookup is stronger.',
  }),
  imageDownloadConnectionTimeoutSeconds: defineOption({
    name: 'image_download_connection_timeout',
    kernelParameter: 'ipa-image-download-connection-timeout',
    type: seconds(1),
    default: 60,
    help: 'Seconds without a byte after which a download counts as broken.',
  }),
  imageDownloadConnectionRetries: defineOption({
    name: 'image_download_connection_retries',
    kernelParameter: 'ipa-image-download-connection-retries',
    type: wholeNumber(0),
    default: 9,
    help: 'How often a broken download is tried again.',
  }),
  imageDownloadConnectionRetryIntervalSeconds: defineOption({
    name: 'image_download_connection_retry_interval',
    kernelParameter: 'ipa-image-download-connection-retry-interval',
    type: seconds(0),
    default: 10,
    help: 'Seconds between two tries.',
  }),
  imageDownloadMaxDurationSeconds: defineOption({
    name: 'image_download_max_duration',
    kernelParameter: 'ipa-image-download-max-duration',
    type: seconds(0),
    default: 0,
    help: 'Seconds that a download may take in all; 0 means no limit.',
  }),
  imageServerAuthStrategy: defineOption({
    name: 'image_server_auth_strategy',
    kernelParameter: null,
    type: text,
    default: 'noauth',
    help: 'How to log in at image servers: noauth or http_basic.',
  }),
  imageServerUser: defineOption({
    name: 'image_server_user',
    kernelParameter: null,
    type: optionalText,
    default: null,
    help: 'User name at image servers.',
  }),
  imageServerPassword: defineOption({
    name: 'image_server_password',
    kernelParameter: null,
    secret: true,
    type: optionalText,
    default: null,
    help: 'Password at image servers.',
  }),
};

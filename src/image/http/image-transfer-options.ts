import type { JobContext } from '../../core/job-context.ts';
import { imageAuthorization } from '../request/authorization.ts';
import type { ImageInfo } from '../request/image-info.ts';
import { createAddressRules } from './address-rules.ts';
import type { TlsSettings } from './connect.ts';
import type { RemoteOptions } from './remote-options.ts';
import { tlsSettings } from './tls-settings.ts';

/**
 * The options for whatever an image_info has addresses of: image, checksum file, config drive. Throws ImageDownloadError where
 * the credentials are not complete, TransferError where an option is not valid.
 */
export function imageTransferOptions(
  imageInfo: ImageInfo,
  { config, signal, log }: Pick<JobContext, 'config' | 'signal' | 'log'>,
): RemoteOptions {
  let tls: Promise<TlsSettings> | null = null;
  return {
    tls: () => {
      tls ??= tlsSettings(config);
      return tls;
    },
    timeoutSeconds: config.imageDownloadConnectionTimeoutSeconds,
    signal,
    log,
    rules: createAddressRules(config.imageAllowedNetworks),
    proxies: imageInfo.proxies,
    noProxy: imageInfo.noProxy,
    authorization: imageAuthorization(imageInfo, config),
    retries: config.imageDownloadConnectionRetries,
    intervalSeconds: config.imageDownloadConnectionRetryIntervalSeconds,
  };
}

import type { JobContext } from '../../core/job-context.ts';
import { createAddressRules } from './address-rules.ts';
import type { TlsSettings } from './connect.ts';
import type { RemoteOptions } from './remote-options.ts';
import { tlsSettings } from './tls-settings.ts';

/**
 * The options for reading from servers as the configuration alone says them: without proxies and credentials. Throws
 * TransferError where one is not valid.
 */
export function configuredOptions({
  config,
  signal,
  log,
}: Pick<JobContext, 'config' | 'signal' | 'log'>): RemoteOptions {
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
    proxies: { http: null, https: null },
    noProxy: null,
    authorization: null,
    retries: config.imageDownloadConnectionRetries,
    intervalSeconds: config.imageDownloadConnectionRetryIntervalSeconds,
  };
}

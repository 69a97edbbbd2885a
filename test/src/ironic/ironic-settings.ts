import type { IronicSettings } from '../../../src/ironic/client.ts';

/** Settings of a client for these URLs, with all the rest as usual. */
export function ironicSettings(apiUrls: readonly string[], more: Partial<IronicSettings> = {}): IronicSettings {
  return {
    apiUrls,
    ironicApiVersion: null,
    globalRequestId: null,
    httpRequestTimeoutSeconds: 5,
    insecure: false,
    caFile: null,
    certFile: null,
    keyFile: null,
    ...more,
  };
}
